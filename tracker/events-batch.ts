import { isDeepStrictEqual } from 'node:util';
import type { AccountWord } from '../protocol/account-word.js';
import { outside, type ChannelWord } from '../protocol/channel-word.js';
import { userKey, type ChannelName, type UserKey, type Username } from '../protocol/ids.js';
import type { Revocation } from '../protocol/revocation.js';
import type { PeerRecord, TrackerEvent } from '../protocol/tracker-api.js';
import { channelRecord } from './channels.js';
import { textFrame } from './frames.js';
import type { Channel, PresenceChange, PresenceKey } from './store/tracker-store.js';
import type { Whereabouts } from './views.js';

/** A peer's change in one window. */
export interface PeerNews {
  readonly key: PresenceKey;
  /** As it is now, or was before it left. */
  readonly peer: PeerRecord;
  readonly isOnline: boolean;
  /** All channels that it was in since it was told last: a snapshot may have been made at any of these times. Undefined: it was not online. */
  readonly before: readonly string[] | undefined;
  readonly frame: Buffer;
  /** It has lost nothing but channels that are deleted: who is told of everybody knows it by that. */
  readonly isKnown: boolean;
}

type MembershipEvent = Extract<TrackerEvent, { type: 'channel_joined' | 'channel_left' }>;

/** `first`: its record before all of it; undefined where it was not online. */
interface Pending {
  readonly first: PeerRecord | undefined;
  readonly before: Whereabouts;
  readonly change: PresenceChange;
}

/** What the sockets get at the end of a window. */
export interface PreparedBatch {
  /** Frames for those who are told of everybody. */
  readonly all: Buffer;
  /** The same without what is of one peer or one user, for those who are told of a part: they get of the next two what they are to be told. */
  readonly rest: Buffer;
  readonly peers: readonly PeerNews[];
  readonly memberships: readonly { readonly user: UserKey; readonly frame: Buffer }[];
  /** Frames with the field `joined`, which depends on the receiver. */
  readonly channels: readonly { name: ChannelName; joined: Buffer; notJoined: Buffer }[];
}

/**
 * Collects the changes of one window. Only the last state of each peer and channel is sent. A peer that came and left
 * within the window is sent as left, since a snapshot made in between may contain it. That a channel is deleted is told once,
 * however many were in it: not again as the leaving of each member, and a new record of each of their peers.
 */
export class EventsBatch {
  readonly #peers = new Map<PresenceKey, Pending>();
  readonly #channels = new Map<ChannelName, { channel: Channel; word: ChannelWord | undefined }>();
  readonly #memberships = new Map<string, { user: UserKey; event: MembershipEvent }>();
  readonly #revocations = new Map<string, TrackerEvent>();
  readonly #registered: TrackerEvent[] = [];
  readonly #accounts = new Map<UserKey, TrackerEvent>();

  /** @param isGone whether a channel is deleted: nobody is in it */
  constructor(private readonly isGone: (channel: string) => boolean) {}

  get isEmpty(): boolean {
    const once = this.#memberships.size + this.#revocations.size + this.#registered.length + this.#accounts.size;
    return this.#peers.size + this.#channels.size + once === 0;
  }

  peer(change: PresenceChange): void {
    const pending = this.#peers.get(change.key);
    const first = pending ? pending.first : change.before;
    this.#peers.set(change.key, { first, before: union(pending?.before, change.before?.channels), change });
  }

  /** @param word what the CA says of it, if an admin has changed it */
  channel(channel: Channel, word: ChannelWord | undefined): void {
    this.#channels.set(channel.name, { channel, word });
  }

  membership(type: 'joined' | 'left', channel: ChannelName, username: Username): void {
    const key = `${channel} ${username}`;
    this.#memberships.delete(key);
    this.#memberships.set(key, { user: userKey(username), event: { type: `channel_${type}`, channel, username } });
  }

  revoked(revocation: Revocation): void {
    this.#revocations.set(revocation.device, { type: 'device_revoked', revocation });
  }

  registered(username: Username): void {
    this.#registered.push({ type: 'user_registered', username });
  }

  /** Only the last one of an account counts. */
  account(user: UserKey, word: AccountWord): void {
    this.#accounts.set(user, { type: word.used ? 'user_enabled' : 'user_disabled', username: word.username, word });
  }

  prepare(): PreparedBatch {
    const channels = [...this.#channels.values()];
    const [deleted, there] = [channels.filter(isDeleted), channels.filter((one) => !isDeleted(one))];
    const before = this.#registered.map(frameOf);
    const peers = [...this.#peers].flatMap(([key, pending]) => newsOf(key, pending, this.isGone) ?? []);
    const memberships = [...this.#memberships.values()]
      .filter(({ event }) => !this.isGone(event.channel))
      .map(({ user, event }) => ({ user, frame: frameOf(event) }));
    const told = peers.filter(({ isKnown }) => !isKnown);
    const after = [
      ...deleted.flatMap(({ channel, word }): TrackerEvent[] =>
        word ? [{ type: 'channel_deleted', channel: channel.name, word }] : [],
      ),
      ...this.#revocations.values(),
      ...this.#accounts.values(),
    ].map(frameOf);
    return {
      all: Buffer.concat([...before, ...[...told, ...memberships].map(({ frame }) => frame), ...after]),
      rest: Buffer.concat([...before, ...after]),
      peers,
      memberships,
      channels: there.map(({ channel, word }) => ({
        name: channel.name,
        joined: frameOf({ type: 'channel_updated', channel: channelRecord(channel, true, word) }),
        notJoined: frameOf({ type: 'channel_updated', channel: channelRecord(channel, false, word) }),
      })),
    };
  }
}

const isDeleted = ({ channel }: { channel: Channel }): boolean => channel.state === 'deleted';

function union(a: Whereabouts, b: Whereabouts): Whereabouts {
  return a && b?.some((name) => !a.includes(name)) === true ? [...new Set([...a, ...b])] : (a ?? b);
}

function newsOf(key: PresenceKey, pending: Pending, isGone: (channel: string) => boolean): PeerNews | undefined {
  const { first, before: was, change } = pending;
  const { before, after } = change;
  if (after) {
    // Its channels may be read before those that are deleted are taken out.
    const peer = outside(after, { has: isGone });
    const known = first && outside(first, { has: isGone });
    const isKnown = known !== first && isDeepStrictEqual(known, peer);
    const frame = frameOf({ type: first ? 'peer_updated' : 'peer_joined', peer });
    return { key, peer, isOnline: true, before: was, frame, isKnown };
  }
  if (!before) return undefined;
  const frame = frameOf({ type: 'peer_left', ...nameOf(before) });
  return { key, peer: before, isOnline: false, before: was, frame, isKnown: false };
}

/** Which peer it is, for those who know it. */
export function nameOf({ username, device }: PeerRecord): { username: string; device?: string } {
  return { username, ...(device !== undefined && { device }) };
}

export function frameOf(event: TrackerEvent): Buffer {
  return textFrame(JSON.stringify(event));
}
