import swagger from '@fastify/swagger';
import type { App } from './http-types.js';

/** Gathers the schemas of every route that is registered after it. */
export async function addOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Parley tracker',
        version: '1',
        description: 'Who is who, and where they can be reached. Messages never pass here.',
      },
      components: {
        securitySchemes: {
          cookie: { type: 'apiKey', in: 'cookie', name: 'session_token' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    },
  });
}

export const needsSession: readonly Readonly<Record<string, readonly string[]>>[] = [{ cookie: [] }, { bearer: [] }];
