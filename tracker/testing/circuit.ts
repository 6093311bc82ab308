/** Two users with a device each, and both sides of a circuit between them, as peers open them. */
import { WebSocket } from 'ws';
import { CIRCUIT_PROTOCOL, type CircuitEvent } from '../../protocol/circuit.js';
import { certified } from './device-sign-in.js';
import { makeDevice } from './device.js';
import { EventsSocket } from './events-socket.js';
import type { Answer, TestTracker, TestUser } from './test-tracker.js';

export interface Party {
  readonly user: TestUser;
  readonly device: string;
  readonly events: EventsSocket;
}

export async function party(at: TestTracker, username: string): Promise<Party> {
  const user = await at.register(username);
  const device = makeDevice();
  await certified(user, device);
  const events = await EventsSocket.open(user, `?device=${device.device}`);
  return { user, device: device.device, events };
}

export const ask = ({ user, device }: Party, to: Party): Promise<Answer> =>
  user.post('/circuits', { device, to: to.device });

/** Asks, and waits until the other has been told. @returns both tickets */
export async function tickets(one: Party, other: Party): Promise<[string, string]> {
  const { status, body } = await ask(one, other);
  if (status !== 200) throw new Error(JSON.stringify(body));
  const told = await other.events.until<CircuitEvent>(
    (message) => message.type === 'circuit' && message.circuit === body['circuit'],
  );
  return [String(body['ticket']), told.ticket];
}

/** One side of a circuit: what it hears, and how it was closed. */
export class Side {
  /** Bytes that have come since it joined. */
  received = Buffer.alloc(0);
  readonly joined: Promise<void>;
  readonly closed: Promise<number>;
  #wake: (() => void) | undefined;

  private constructor(readonly socket: WebSocket) {
    this.joined = new Promise((resolve) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (!isBinary) return resolve();
        this.received = Buffer.concat([this.received, data]);
        this.#wake?.();
      });
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
  }

  /** @param at whose relay it is, or a relay by its own address */
  static async open(at: { readonly url: string } | string, ticket: string): Promise<Side> {
    const headers = { authorization: `Bearer ${ticket}` };
    const url = typeof at === 'string' ? at : `${at.url.replace('http', 'ws')}/circuit`;
    const socket = new WebSocket(url, CIRCUIT_PROTOCOL, { headers });
    const side = new Side(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return side;
  }

  /** Resolves when so many bytes have come. */
  async until(bytes: number): Promise<Buffer> {
    while (this.received.length < bytes) await new Promise<void>((wake) => (this.#wake = wake));
    return this.received;
  }
}

/** Both sides, joined. */
export async function circuit(one: Party, other: Party): Promise<[Side, Side]> {
  const [mine, theirs] = await tickets(one, other);
  const sides: [Side, Side] = [await Side.open(one.user.at, mine), await Side.open(other.user.at, theirs)];
  await Promise.all(sides.map(({ joined }) => joined));
  return sides;
}

/** So many the relay counts as open. */
export async function circuitsOpen(at: TestTracker): Promise<number> {
  const { body } = await at.fetch('/metrics');
  return Number(/^parley_circuits (\d+)$/m.exec(String(body['text']))?.[1]);
}
