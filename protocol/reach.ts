/** How a peer can be reached, as far as the tracker can tell it (SPEC.md section 2). */
import Type, { type Static } from 'typebox';
import { DEVICE_ID_LENGTH } from './limits.js';

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

/** Of `POST /reach/check`. Ports below are those of services, which nobody's peer has. */
export const CHECKED_PORT_MIN = 1024;
export const CHECK_PORTS_MAX = 2;
/** For all ports of one check. Milliseconds. */
export const CHECK_MS = 4_000;
/** A device asks at most once in so long. Milliseconds. */
export const CHECK_EVERY_MS = 30_000;

/** The body of `POST /reach/check`: ports at the address from which the call comes, and which device should answer there. */
export const AskCheck = Type.Object({
  device: Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` }),
  ports: Type.Array(Type.Integer({ minimum: CHECKED_PORT_MIN, maximum: 65535 }), {
    minItems: 1,
    maxItems: CHECK_PORTS_MAX,
    uniqueItems: true,
  }),
});
export type AskCheck = Static<typeof AskCheck>;

/**
 * Why a port is not open: no answer, a refusal, no way there; something else than a peer of this tracker answers, or the peer of
 * another device.
 */
export const CheckCode = Type.Enum(['silent', 'refused', 'unreachable', 'not_a_peer', 'another_device']);
export type CheckCode = Static<typeof CheckCode>;

export const CheckedPort = Type.Object({
  port: Type.Integer({ minimum: CHECKED_PORT_MIN, maximum: 65535 }),
  /** The device itself has answered, by its key. */
  open: Type.Boolean(),
  /** Absent for one that is open. */
  code: Type.Optional(CheckCode),
  ms: Type.Integer({ minimum: 0 }),
});
export type CheckedPort = Static<typeof CheckedPort>;

/** In the order of the ports that were asked for. `host`: where they were dialled. */
export const Checked = Type.Object({
  status: Type.Literal('success'),
  host: Type.String({ minLength: 1, maxLength: 255 }),
  results: Type.Array(CheckedPort, { minItems: 1, maxItems: CHECK_PORTS_MAX }),
});
export type Checked = Static<typeof Checked>;

/**
 * How others reach a device, as it has found out itself. `open`: from the world; `lan`: from its own network; `hard`: its router uses a
 * new port for each destination, so that no hole can be made in it; `behind`: a router or firewall lets nobody in.
 */
export const Reach = Type.Enum(['open', 'lan', 'hard', 'behind']);
export type Reach = Static<typeof Reach>;

/**
 * Whether the router forwards a port to this device. `off`: it is not to be asked; `unneeded`: no router stands before this device, or
 * nobody else is to come in; `refused`: it answers, and does not; `unanswered`: it does not answer, as most company and hotel routers.
 */
export const MappingView = Type.Object({
  state: Type.Enum(['off', 'unneeded', 'asking', 'mapped', 'refused', 'unanswered']),
  /** By which language the router was asked. */
  by: Type.Optional(Type.Enum(['nat-pmp', 'upnp'])),
  /** The router's address outside, as it says itself. */
  host: Type.Optional(Type.String()),
  /** The port outside. */
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
  /** Another router stands before this one: its address is none of the world, or not the one that is seen from there. */
  behindAnother: Type.Optional(Type.Boolean()),
});
export type MappingView = Static<typeof MappingView>;

/** How others reach this device, as its user is shown it. */
export const ReachView = Type.Object({
  /** Absent while that is not known. */
  reach: Type.Optional(Reach),
  /** Where the tracker sees it; absent while that is an address of this machine alone. */
  host: Type.Optional(Type.String()),
  /** Why it is not open, as the last check from outside found. */
  code: Type.Optional(CheckCode),
  mapping: Type.Optional(MappingView),
});
export type ReachView = Static<typeof ReachView>;
