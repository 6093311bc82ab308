import Type from 'typebox';
import { ParleyError } from '../../protocol/errors.js';
import { TrackerList } from '../../protocol/tracker-api.js';
import { docsPage, type OpenApiDocument } from '../pages/docs-page.js';
import type { App } from '../plugins/http-types.js';
import type { Services } from '../services.js';

const Alive = Type.Object({
  status: Type.Literal('success'),
  /** `read_only`: too few trackers of the cluster are there; what is stored can be read. */
  state: Type.Optional(Type.Literal('read_only')),
  problems: Type.Optional(Type.Array(Type.String())),
});
const tags = ['Service'];

/** For those who run a tracker, and for their programs. */
export async function serviceRoutes(app: App, { metrics, settings, states }: Services): Promise<void> {
  app.get('/healthz', { schema: { tags, summary: 'Whether it lives', response: { 200: Alive } } }, () => {
    const { state, problems } = states.now();
    return {
      status: 'success' as const,
      ...(state === 'read_only' && { state }),
      ...(problems.length > 0 && { problems: [...problems] }),
    };
  });

  app.get(
    '/trackers',
    { schema: { tags, summary: 'The trackers that stand for one another', response: { 200: TrackerList } } },
    () => ({ status: 'success' as const, trackers: settings.trackers }),
  );

  app.get('/metrics', { schema: { tags, summary: 'Prometheus metrics' } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );

  app.get('/docs/json', { schema: { hide: true } }, (_request, reply) => {
    void reply.send(app.swagger());
  });

  app.get('/docs', { schema: { hide: true } }, (_request, reply) => {
    void reply.type('text/html; charset=utf-8').send(docsPage(settings, app.swagger() as OpenApiDocument));
  });

  app.get(
    '/events',
    {
      schema: {
        tags,
        summary: 'WebSocket: a snapshot of peers and channels, then what changes. `?device=` is its presence',
      },
    },
    () => {
      throw new ParleyError('bad_request', 'This is a WebSocket. Connect with ws:// or wss://.');
    },
  );
}
