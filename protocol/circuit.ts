/**
 * Circuits (SPEC.md section 12): two devices that cannot reach each other meet at a relay, which hands the bytes of each to the other.
 * The link on a circuit is a link like any other, with its own TLS: the relay learns who talks with whom, when and how much.
 */
import Type, { type Static } from 'typebox';
import { DEVICE_ID_LENGTH, USERNAME_PATTERN } from './limits.js';

/** Of the relay that a tracker is: at whatever address the tracker is reached. */
export const RELAY_PATH = '/circuit';
/** The subprotocol of the WebSocket at `GET /circuit`. */
export const CIRCUIT_PROTOCOL = 'parley-circuit.1';
/** From when a ticket is made. Milliseconds. */
export const TICKET_LIFE_MS = 15_000;
/** How long one side waits at the relay for the other. Milliseconds. */
export const CIRCUIT_WAIT_MS = 10_000;
/** Of one message on a circuit. Bytes. */
export const CIRCUIT_FRAME_MAX = 64 * 1024;

/** Of a ticket's text, and of a relay's address. Bytes. */
export const TICKET_MAX = 2048;
const RELAY_URL_MAX = 255;

/** How a relay closes: the other side went; text, a message too large or too early; no room, or it stops; nobody came. */
export const CIRCUIT_CLOSE = { gone: 1001, broken: 1008, full: 1013, nobody: 4408 } as const;

export const DeviceField = Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` });
/** 16 random bytes, base64url: the same at both sides. */
export const CircuitId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });
/** `wss://…` of a relay of its own, or a path at the tracker that told of it, by whatever address it was reached. */
export const RelayField = Type.String({ minLength: 1, maxLength: RELAY_URL_MAX });
export const TimeField = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Ticket = Type.String({ maxLength: TICKET_MAX });
const place = { circuit: CircuitId, relay: RelayField, ticket: Ticket, expires: TimeField };

/** The body of `POST /circuits`: which of the caller's devices wants to be linked with which other one. */
export const AskCircuit = Type.Object({ device: DeviceField, to: DeviceField });
export const CircuitAsked = Type.Object({ status: Type.Literal('success'), ...place });
export type CircuitAsked = Static<typeof CircuitAsked>;

/** What `/events` tells the other one. */
export const CircuitEvent = Type.Object({
  type: Type.Literal('circuit'),
  ...place,
  from: Type.Object({ username: Type.String({ pattern: USERNAME_PATTERN }), device: DeviceField }),
});
export type CircuitEvent = Static<typeof CircuitEvent>;

/** The first message of a relay: from here on each binary message goes to the other side. */
export const CIRCUIT_JOINED = '{"type":"joined"}';

/** Of a relay on a machine of its own. */
export const RelayHealth = Type.Object({
  status: Type.Literal('success'),
  /** Its name in tickets. */
  relay: RelayField,
  /** SHA-256 of the CA's certificate whose tickets it takes, as `caFingerprint` writes it. */
  ca: Type.String({ maxLength: 128 }),
  isFull: Type.Boolean(),
});
export type RelayHealth = Static<typeof RelayHealth>;

/**
 * The address of a relay on a machine of its own, as tickets name it: `wss://relay.example/circuit`, behind a reverse proxy also under a
 * path. Undefined for anything else, also for what is another spelling of the same.
 */
export function relayUrl(text: string): URL | undefined {
  if (text.length > RELAY_URL_MAX || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const isRelay = /^wss?:$/.test(url.protocol) && url.pathname.endsWith(RELAY_PATH);
  return isPlain && isRelay && url.href === text ? url : undefined;
}
