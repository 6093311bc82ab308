import { outside } from '../../protocol/channel-word.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import type { ChannelName, DeviceId, UserKey, Username } from '../../protocol/ids.js';
import type { PersonView } from '../../protocol/local-api.js';
import type { Address, PeerRecord } from '../../protocol/tracker-api.js';
import type { KnownAccount } from './accounts.js';
import type { KnownAddress } from '../reach/candidates.js';
import type { Trouble } from '../reach/trouble.js';
import type { Contact } from './contact.js';
import type { Status } from './own-presence.js';
import type { DeviceFacts } from './person-view.js';

/** Somebody's device that can be dialled. */
export interface Candidate {
  readonly username: Username;
  readonly device: DeviceId;
  /** Where it was last reached, then where the tracker says it is. Not empty. */
  readonly addresses: readonly KnownAddress[];
  /** Channels that its user is in, as far as known: at least the permanent ones. */
  readonly channels: readonly ChannelName[];
  /** Linked, or on the tracker's list now. */
  readonly online: boolean;
  /** The tracker's word: see SPEC.md section 2, lineage. */
  readonly epoch?: string | undefined;
}

/** All that is known of one device. */
export class Device implements DeviceFacts {
  linked = false;
  /** That link goes over a relay. */
  relayed = false;
  /** How present they say that they are, on the link that stands. */
  said: Status | undefined;
  troubles: readonly Trouble[] = [];
  lastSeen: number | undefined;
  #listed: PeerRecord | undefined;
  #contact: Contact | undefined;
  /** As last asked for; it is asked for much more often than anything changes. */
  #candidate: Candidate | undefined;

  constructor(
    readonly id: DeviceId,
    readonly username: Username,
    readonly owner: UserKey,
  ) {}

  get listed(): PeerRecord | undefined {
    return this.#listed;
  }

  set listed(record: PeerRecord | undefined) {
    this.#listed = record;
    this.#candidate = undefined;
  }

  get contact(): Contact | undefined {
    return this.#contact;
  }

  set contact(contact: Contact | undefined) {
    this.#contact = contact;
    this.#candidate = undefined;
  }

  /** Whether its key has shown whose it is; else it is the tracker's word. */
  get proven(): boolean {
    return this.linked || this.contact !== undefined;
  }

  addresses(): KnownAddress[] {
    const all: KnownAddress[] = [];
    if (this.contact) all.push({ host: this.contact.host, port: this.contact.port, source: 'last' });
    if (this.listed)
      all.push({ host: this.listed.ip, port: this.listed.port, source: 'seen' }, ...this.listed.addresses);
    const seen = new Set<string>();
    return all.filter((address) => {
      const key = `${address.host} ${address.port}`;
      if (seen.has(key) || !isHost(address.host)) return false;
      seen.add(key);
      return true;
    });
  }

  /** It is there, or was until now; `address`: where it was dialled. It is a contact from now on, if it is known where it is. */
  seen(now: number, address: Address | undefined): Contact | undefined {
    this.lastSeen = now;
    const known = address ?? this.addresses()[0];
    if (!known) return undefined;
    const { id: device, username } = this;
    return (this.contact = { username, device, host: known.host, port: known.port, lastSeen: now });
  }

  /** Undefined without an address. */
  candidate(trackerUp: boolean): Candidate | undefined {
    const online = this.linked || (trackerUp && this.listed !== undefined);
    if (this.#candidate?.online === online) return this.#candidate;
    const addresses = this.addresses();
    if (addresses.length === 0) return undefined;
    const channels = new Set([...PERMANENT_CHANNELS, ...(this.listed?.channels ?? [])] as ChannelName[]);
    this.#candidate = {
      username: this.username,
      device: this.id,
      addresses,
      channels: [...channels],
      online,
      epoch: this.listed?.epoch,
    };
    return this.#candidate;
  }
}

/** Names and IP addresses; what else a tracker may call a host is neither dialled nor shown. */
function isHost(host: string): boolean {
  return /^[A-Za-z0-9._:%-]{1,255}$/.test(host);
}

/** All that is known of somebody. */
export interface Person {
  /** As registered, as far as known. */
  username: Username;
  readonly devices: Map<DeviceId, Device>;
  client?: PeerRecord | undefined;
  /** By the tracker's directory. */
  account?: KnownAccount;
  view: PersonView | undefined;
}

/** Those with an address: online ones first, then the last seen. */
export function byHope(devices: Iterable<Device>, trackerUp: boolean): Candidate[] {
  const found = [...devices].flatMap((device) => {
    const candidate = device.candidate(trackerUp);
    return candidate ? [{ candidate, lastSeen: device.lastSeen ?? 0 }] : [];
  });
  found.sort((a, b) => Number(b.candidate.online) - Number(a.candidate.online) || b.lastSeen - a.lastSeen);
  return found.map(({ candidate }) => candidate);
}

/** Whom the tracker lists in a channel: by a client without a device, or one of their devices. */
export function listedIn(channel: ChannelName, people: Iterable<Person>): Username[] {
  const isIn = ({ client, devices }: Person): boolean =>
    [client, ...[...devices.values()].map(({ listed }) => listed)].some((record) => record?.channels.includes(channel));
  return [...people].filter(isIn).map(({ username }) => username);
}

/** Nobody is in these channels any more, as the tracker says of all at once: they are deleted. */
export function takeOut(people: Iterable<Person>, deleted: readonly { readonly channel: string }[]): void {
  if (deleted.length === 0) return;
  const gone = new Set(deleted.map(({ channel }) => channel));
  for (const person of people) {
    if (person.client) person.client = outside(person.client, gone);
    for (const device of person.devices.values()) if (device.listed) device.listed = outside(device.listed, gone);
  }
}
