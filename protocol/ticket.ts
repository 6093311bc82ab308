/** Tickets for circuits (SPEC.md section 12): the CA signs that two devices may meet at a relay, which then needs nothing but the CA. */
import { verify, type KeyObject } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { CircuitId, DeviceField, RelayField, TICKET_MAX, TimeField } from './circuit.js';

/** What a ticket says; its fields stand in this order in the signed text. */
export const TicketFacts = Type.Object(
  {
    /** Who asked, and pays: the same in both tickets, and nobody's name. */
    account: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
    circuit: CircuitId,
    device: DeviceField,
    /** By the tracker's clock. */
    expires: TimeField,
    other: DeviceField,
    relay: RelayField,
  },
  { additionalProperties: false },
);
export type TicketFacts = Static<typeof TicketFacts>;

const facts = Compile(TicketFacts);

/** No certificate or other statement of the CA starts with the same bytes. */
function ticketBytes(json: string): Buffer {
  return Buffer.from(`parley/ticket/1\n${json}`);
}

/** Canonical (RFC 8785): the keys are sorted, and all values are plain text. */
function jsonOf({ account, circuit, device, expires, other, relay }: TicketFacts): string {
  return JSON.stringify({ account, circuit, device, expires, other, relay });
}

/** @param sign Ed25519 by the CA, 64 bytes */
export async function makeTicket(said: TicketFacts, sign: (bytes: Buffer) => Promise<Buffer>): Promise<string> {
  const json = jsonOf(said);
  const sig = await sign(ticketBytes(json));
  return `${Buffer.from(json).toString('base64url')}.${sig.toString('base64url')}`;
}

/** What a ticket says, if that CA signed it; undefined for anything else. Whether it is over is for the caller to judge. */
export function readTicket(text: string, authority: KeyObject): TicketFacts | undefined {
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/.exec(text.slice(0, TICKET_MAX + 1));
  if (!parts || text.length > TICKET_MAX) return undefined;
  const [, body = '', sig = ''] = parts;
  const json = Buffer.from(body, 'base64url').toString();
  const said = parsed(json);
  // Spelled in one way only, so that one ticket has one text.
  if (!said || jsonOf(said) !== json || Buffer.from(json).toString('base64url') !== body) return undefined;
  return verify(null, ticketBytes(json), authority, Buffer.from(sig, 'base64url')) ? said : undefined;
}

function parsed(json: string): TicketFacts | undefined {
  try {
    const said: unknown = JSON.parse(json);
    return facts.Check(said) ? said : undefined;
  } catch {
    return undefined;
  }
}
