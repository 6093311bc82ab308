/** The browser UI as files. They are open to all: they hold no secret. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { page } from './pages.js';

const YEAR_S = 365 * 24 * 3600;

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
