/**
 * Circuits (SPEC.md section 12): two devices that cannot reach each other meet at a relay, which hands the bytes of each to the other.
 * The link on a circuit is a link like any other, with its own TLS: the relay learns who talks with whom, when and how much.
 */
import Type, { type Static } from 'typebox';
import { DEVICE_ID_LENGTH, USERNAME_PATTERN } from './limits.js';

/** The subprotocol of the WebSocket at `GET /circuit`. */
export const CIRCUIT_PROTOCOL = 'parley-circuit.1';
/** From when a ticket is made. Milliseconds. */
export const TICKET_LIFE_MS = 15_000;
/** How long one side waits at the relay for the other. Milliseconds. */
export const CIRCUIT_WAIT_MS = 10_000;
/** Of one message on a circuit. Bytes. */
export const CIRCUIT_FRAME_MAX = 64 * 1024;

/** How a relay closes: the other side went; text, a message too large or too early; no room, or it stops; nobody came. */
export const CIRCUIT_CLOSE = { gone: 1001, broken: 1008, full: 1013, nobody: 4408 } as const;

const DeviceField = Type.String({ pattern: `^[A-Za-z0-9_-]{${DEVICE_ID_LENGTH}}$` });
/** 16 random bytes, base64url: the same at both sides. */
const CircuitId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });
/** `wss://…` of a relay, or a path at the tracker that told of it, by whatever address it was reached. */
const RelayField = Type.String({ minLength: 1, maxLength: 255 });
const Ticket = Type.String({ maxLength: 2048 });
const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const place = { circuit: CircuitId, relay: RelayField, ticket: Ticket, expires: Time };

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

/** What a ticket says; its fields stand in this order in the signed text. */
export const TicketFacts = Type.Object(
  {
    /** Who asked, and pays: the same in both tickets, and nobody's name. */
    account: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
    circuit: CircuitId,
    device: DeviceField,
    /** By the tracker's clock. */
    expires: Time,
    other: DeviceField,
    relay: RelayField,
  },
  { additionalProperties: false },
);
export type TicketFacts = Static<typeof TicketFacts>;

/** @param json the text of a ticket's facts. No certificate or other statement of the CA starts with the same bytes. */
export function ticketBytes(json: string): Buffer {
  return Buffer.from(`parley/ticket/1\n${json}`);
}

/** The first message of a relay: from here on each binary message goes to the other side. */
export const CIRCUIT_JOINED = '{"type":"joined"}';
