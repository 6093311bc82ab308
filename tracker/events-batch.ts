import type { AccountWord } from '../protocol/account-word.js';
import type { ChannelWord } from '../protocol/channel-word.js';
import type { ChannelName, UserKey, Username } from '../protocol/ids.js';
import type { Revocation } from '../protocol/revocation.js';
import type { PeerRecord, TrackerEvent } from '../protocol/tracker-api.js';
import { channelRecord } from './channels.js';
import { textFrame } from './frames.js';
import type { Channel, PresenceChange, PresenceKey } from './store/tracker-store.js';

/** What the sockets get at the end of a window. */
export interface PreparedBatch {
  /** Frames for everyone. */
  readonly common: Buffer;
  /** Frames with the field `joined`, which depends on the receiver. */
  readonly channels: readonly { name: ChannelName; joined: Buffer; notJoined: Buffer }[];
}

/**
 * Collects the changes of one window. Only the last state of each peer and channel is sent. A peer that came and left
 * within the window is sent as left, since a snapshot made in between may contain it.
 */
export class EventsBatch {
  readonly #peers = new Map<PresenceKey, { first: PeerRecord | undefined; change: PresenceChange }>();
  readonly #channels = new Map<ChannelName, { channel: Channel; word: ChannelWord | undefined }>();
  readonly #memberships = new Map<string, TrackerEvent>();
  readonly #revocations = new Map<string, TrackerEvent>();
  readonly #registered: TrackerEvent[] = [];
  readonly #accounts = new Map<UserKey, TrackerEvent>();

  get isEmpty(): boolean {
    const once = this.#memberships.size + this.#revocations.size + this.#registered.length + this.#accounts.size;
    return this.#peers.size + this.#channels.size + once === 0;
  }

  peer(change: PresenceChange): void {
    const pending = this.#peers.get(change.key);
    this.#peers.set(change.key, { first: pending ? pending.first : change.before, change });
  }

  /** @param word what the CA says of it, if an admin has changed it */
  channel(channel: Channel, word: ChannelWord | undefined): void {
    this.#channels.set(channel.name, { channel, word });
  }

  membership(type: 'joined' | 'left', channel: ChannelName, username: Username): void {
    const key = `${channel} ${username}`;
    this.#memberships.delete(key);
    this.#memberships.set(key, { type: `channel_${type}`, channel, username });
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
    const common = [
      ...this.#registered,
      ...[...this.#peers.values()].flatMap(({ first, change }) => peerEvent(first, change) ?? []),
      ...this.#memberships.values(),
      ...deleted.flatMap(({ channel, word }): TrackerEvent[] =>
        word ? [{ type: 'channel_deleted', channel: channel.name, word }] : [],
      ),
      ...this.#revocations.values(),
      ...this.#accounts.values(),
    ];
    return {
      common: Buffer.concat(common.map(frameOf)),
      channels: there.map(({ channel, word }) => ({
        name: channel.name,
        joined: frameOf({ type: 'channel_updated', channel: channelRecord(channel, true, word) }),
        notJoined: frameOf({ type: 'channel_updated', channel: channelRecord(channel, false, word) }),
      })),
    };
  }
}

const isDeleted = ({ channel }: { channel: Channel }): boolean => channel.state === 'deleted';

function peerEvent(first: PeerRecord | undefined, { before, after }: PresenceChange): TrackerEvent | undefined {
  if (after) return { type: first ? 'peer_updated' : 'peer_joined', peer: after };
  if (!before) return undefined;
  const { username, device } = before;
  return { type: 'peer_left', username, ...(device !== undefined && { device }) };
}

function frameOf(event: TrackerEvent): Buffer {
  return textFrame(JSON.stringify(event));
}
