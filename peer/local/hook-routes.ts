/** Incoming webhooks: `POST /hooks/<secret>`, for programs that know no session (SPEC.md section 8). */
import type { FastifyInstance } from 'fastify';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { runCommand } from '../commands/run.js';
import { readHookPost } from '../hooks/slack.js';
import type { LocalContext } from './context.js';
import { LoginAttempts } from './sessions.js';

const BODY_MAX = 128 * 1024;
const WINDOW_MS = 60_000;
/** A minute: posts of one hook, and secrets tried in vain from one address. */
const POSTS_PER_MINUTE = 60;
const TRIES_PER_MINUTE = 30;

export async function hookRoutes(app: FastifyInstance, { services }: LocalContext): Promise<void> {
  const { clock } = services;
  const tries = new LoginAttempts(clock, TRIES_PER_MINUTE);
  const windows = new Map<string, { count: number; until: number }>();

  /** @throws rate_limited */
  function count(id: string): void {
    const now = clock.now();
    const known = windows.get(id);
    if (known && known.until > now && known.count >= POSTS_PER_MINUTE) throw new ParleyError('rate_limited');
    if (known && known.until > now) known.count += 1;
    else {
      for (const [one, { until }] of windows) if (until <= now) windows.delete(one);
      windows.set(id, { count: 1, until: now + WINDOW_MS });
    }
  }

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<{ Params: { secret: string } }>(
      '/hooks/:secret',
      { config: { machines: true }, bodyLimit: BODY_MAX },
      async ({ params, body, ip }, reply) => {
        const hook = await tries.run(ip, async () => {
          const found = services.account.ready ? services.hooks.incoming(params.secret) : undefined;
          if (!found)
            throw new ParleyError('invalid_credentials', 'There is no hook at this address. It may have been revoked.');
          return found;
        });
        count(hook.id);
        const { message, name = hook.name } = readHookPost(parse(body));
        const { conversation } = hook;
        await runCommand(services, 'message.post', { conversation, message, data: { hook: { name } } });
        // As its senders know it.
        return reply.type('text/plain; charset=utf-8').send('ok');
      },
    );
  });
}

/** JSON, whatever type it says; or a form with it as `payload`. @throws bad_json, bad_request */
function parse(body: unknown): unknown {
  const text = typeof body === 'string' ? body.trim() : '';
  const json = text.startsWith('{') ? text : new URLSearchParams(text).get('payload');
  if (json === null) throw new ParleyError('bad_request', 'Send one JSON object, or a form with it as "payload".');
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw isParleyError(error) ? error : new ParleyError('bad_json');
  }
}
