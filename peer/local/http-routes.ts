/** The plain HTTP routes: history and search for programs, pictures of profiles, the files of the browser UI. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { ParleyError } from '../../protocol/errors.js';
import { HistoryQuery, SearchQuery } from '../../protocol/local-api.js';
import { badRequest } from '../commands/command.js';
import { runCommand } from '../commands/run.js';
import type { SessionCookie } from './sessions.js';
import { sessionOf, type LocalContext } from './context.js';

const historyQuery = Compile(HistoryQuery);
const searchQuery = Compile(SearchQuery);

/** `GET /api/history` and `GET /api/search` (section 8). */
export function historyRoutes(app: FastifyInstance, context: LocalContext, cookie: () => SessionCookie): void {
  const { services } = context;
  const authorise = async ({ headers }: FastifyRequest): Promise<void> => {
    if (!sessionOf(headers, cookie(), context)) throw new ParleyError('not_signed_in');
  };

  app.get('/api/history', { onRequest: authorise }, async ({ query }, reply) => {
    const args = withNumber(query, 'limit');
    if (!historyQuery.Check(args)) throw badRequest('history', historyQuery.Errors(args)[0]);
    void reply.header('cache-control', 'no-store');
    return runCommand(services, 'history.page', args);
  });

  app.get('/api/search', { onRequest: authorise }, async ({ query }, reply) => {
    const args = withNumber(query, 'limit');
    if (!searchQuery.Check(args)) throw badRequest('search', searchQuery.Errors(args)[0]);
    void reply.header('cache-control', 'no-store');
    const { q, ...page } = args;
    return runCommand(services, 'search', { ...page, query: q });
  });
}

/** A query holds strings alone; one that is no number stays as it is, for the schema to refuse. */
function withNumber(query: unknown, field: string): Record<string, unknown> {
  const args: Record<string, unknown> = { ...(query as Record<string, unknown>) };
  const text = args[field];
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) args[field] = Number(text);
  return args;
}

const YEAR_S = 365 * 24 * 3600;

/**
 * `GET /api/pictures/:id`: pictures of profiles. The id is that of the bytes, so that a browser never asks twice. They come
 * from others: what they are was told by their first bytes, and opened by themselves they can do nothing.
 */
export function pictureRoutes(app: FastifyInstance, context: LocalContext, cookie: () => SessionCookie): void {
  app.get<{ Params: { id: string } }>('/api/pictures/:id', async ({ headers, params }, reply) => {
    if (!sessionOf(headers, cookie(), context)) throw new ParleyError('not_signed_in');
    const picture = context.services.profiles.picture(params.id);
    if (!picture) throw new ParleyError('not_found');
    return reply
      .type(picture.mime)
      .header('cache-control', `private, max-age=${YEAR_S}, immutable`)
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .send(Buffer.from(picture.bytes));
  });
}

export async function uiRoutes(app: FastifyInstance, uiDir: string): Promise<void> {
  if (!existsSync(join(uiDir, 'index.html'))) {
    app.get('/', async (_request, reply) => {
      const text =
        'The peer runs, but its pages have not been built. Run <code>npm run build</code>, then start the peer again.';
      return reply
        .code(503)
        .type('text/html; charset=utf-8')
        .send(page('The UI is missing', text, 'Try again'));
    });
    return;
  }
  const assets = join(uiDir, 'assets') + sep;
  await app.register(fastifyStatic, {
    root: uiDir,
    cacheControl: false,
    dotfiles: 'ignore',
    // What vite puts into assets/ bears its hash in its name; everything else may change under its name.
    setHeaders: (response, path) => {
      const hashed = path.startsWith(assets);
      response.setHeader('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
}

/** The few pages of the daemon's own, without script or style: the content policy allows nothing inline. Texts are ours. */
export function page(title: string, text: string, link?: string): string {
  const action = link === undefined ? '' : `\n<p><a href="/">${link}</a></p>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parley: ${title}</title>
<h1>${title}</h1>
<p>${text}</p>${action}
</html>
`;
}
