/** How a peer can be reached, as far as the tracker can tell it (SPEC.md section 2). */
import Type, { type Static } from 'typebox';

/** Calls of `GET /reflect` by one session in a minute. */
export const REFLECTIONS_PER_MINUTE = 60;

/** The answer to `GET /reflect`: where this connection comes from, as the tracker sees it. */
export const Reflected = Type.Object({
  status: Type.Literal('success'),
  host: Type.String({ minLength: 1, maxLength: 255 }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  /** A proxy stood between: the port is the proxy's, and means nothing. */
  proxied: Type.Boolean(),
  /** Answers `/reflect` too: a router that uses a new port for each destination shows another one there. */
  other_port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
});
export type Reflected = Static<typeof Reflected>;
