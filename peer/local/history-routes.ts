import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { HistoryQuery, SearchQuery } from '../../protocol/local-api.js';
import { badRequest } from '../commands/command.js';
import { runCommand } from '../commands/run.js';
import { sessionOf, type SessionCookie } from './authority.js';
import type { Door } from './door.js';

const historyQuery = Compile(HistoryQuery);
const searchQuery = Compile(SearchQuery);

/** `GET /api/history` and `GET /api/search` (section 8). */
export function historyRoutes(app: FastifyInstance, door: Door, cookie: () => SessionCookie): void {
  const { services } = door;
  const authorise = async ({ headers }: FastifyRequest): Promise<void> => {
    if (!sessionOf(headers, cookie(), door)) throw new ParleyError('not_signed_in');
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
