/** Who may meet whom at which relay: makes the tickets of a circuit, and tells the other side of it (SPEC.md section 12). */
import { createHmac } from 'node:crypto';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { CircuitEvent, RELAY_PATH, TICKET_LIFE_MS, type CircuitAsked } from '../protocol/circuit.js';
import { ParleyError } from '../protocol/errors.js';
import { userKey, type DeviceId, type UserKey, type Username } from '../protocol/ids.js';
import { USERNAME_PATTERN } from '../protocol/limits.js';
import { DeviceField } from '../protocol/tracker-api.js';
import { makeTicket } from '../protocol/ticket.js';
import type { Authority } from './authority.js';
import type { Clock } from './clock.js';
import type { Devices } from './devices.js';
import { presenceKey, type Directory } from './directory.js';
import type { Events } from './events.js';
import type { Notes } from './store/notes.js';
import type { Session } from './store/tracker-store.js';

export interface CircuitsOptions {
  readonly authority: Authority;
  readonly devices: Pick<Devices, 'check'>;
  readonly directory: Pick<Directory, 'get'>;
  readonly events: Pick<Events, 'has' | 'tell'>;
  readonly notes: Notes;
  /** That of this tracker, for who reaches another tracker of the cluster. */
  readonly relayAddress?: string | undefined;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  /** Its name in tickets. Errors: relay_off, relay_full. */
  readonly relayFor: (account: string) => string;
}

const SUBJECT = 'circuit';
const User = Type.String({ pattern: USERNAME_PATTERN });
const note = Compile(Type.Object({ user: User, device: DeviceField, event: CircuitEvent }));

export class Circuits {
  constructor(private readonly options: CircuitsOptions) {
    // Asked for at another tracker, of a device whose socket is here.
    options.notes.subscribe(SUBJECT, (data) => {
      if (!note.Check(data)) return false;
      return options.events.tell(data.user as UserKey, `d:${data.device as DeviceId}`, data.event);
    });
  }

  /** Errors: bad_request, device_taken, device_revoked, not_online, relay_off, relay_full. */
  async ask({ username, user }: Session, device: DeviceId, to: DeviceId): Promise<Omit<CircuitAsked, 'status'>> {
    const { authority, devices, directory, events, clock, notes, randomBytes, relayAddress, relayFor } = this.options;
    if (device === to)
      throw new ParleyError('bad_request', 'A circuit joins two devices. Ask for one to another device.');
    if (!(await devices.check(username, device))) {
      throw new ParleyError('forbidden', 'Only a device that is registered here may ask. Register it first.');
    }
    const peer = presenceKey(username, to);
    const other = directory.get(peer)?.username as Username | undefined;
    if (other === undefined) throw new ParleyError('not_online');
    await devices.check(other, to);
    const account = this.#accountId(user);
    const isHere = events.has(userKey(other), peer);
    const picked = relayFor(account);
    const relay = picked === RELAY_PATH && !isHere ? (relayAddress ?? picked) : picked;
    const circuit = randomBytes(16).toString('base64url');
    const expires = new Date(clock.now() + TICKET_LIFE_MS).toISOString();
    const both = { account, circuit, expires, relay };
    const sign = (bytes: Buffer) => authority.sign(bytes);
    const [ticket, theirs] = await Promise.all([
      makeTicket({ ...both, device, other: to }, sign),
      makeTicket({ ...both, device: to, other: device }, sign),
    ]);
    const from = { username, device };
    const event: CircuitEvent = { type: 'circuit', circuit, relay, ticket: theirs, expires, from };
    const isTold = events.tell(userKey(other), peer, event);
    if (!isTold && !(await notes.ask(SUBJECT, { user: userKey(other), device: to, event }))) {
      throw new ParleyError('not_online');
    }
    return { circuit, relay, ticket, expires };
  }

  /** The same account has the same id at all trackers of a CA, and a relay cannot tell whose it is. */
  #accountId(user: UserKey): string {
    const mac = createHmac('sha256', this.options.authority.challengeKey).update(`account ${user}`).digest();
    return mac.subarray(0, 16).toString('base64url');
  }
}
