import { outside } from '../../protocol/channel-word.js';
import type { ChannelRecord, PeerRecord, TrackerEvent } from '../../protocol/tracker-api.js';
import { LIST_MAX } from './answers.js';

/** Who is online and which channels there are, by the tracker's last snapshot and what it told since. Bounded. */
export class Roster {
  readonly #self: string;
  #peers = new Map<string, PeerRecord>();
  #channels = new Map<string, ChannelRecord>();

  constructor(self: string) {
    this.#self = self.toLowerCase();
  }

  peers(): PeerRecord[] {
    return [...this.#peers.values()];
  }

  channels(): ChannelRecord[] {
    return [...this.#channels.values()];
  }

  /** False when the event was dropped because the lists are full. */
  apply(event: TrackerEvent): boolean {
    switch (event.type) {
      case 'snapshot':
        this.#peers = new Map(event.peers.map((peer) => [keyOf(peer), peer]));
        this.#channels = new Map(event.channels.map((channel) => [channel.name, channel]));
        return true;
      case 'peer_joined':
      case 'peer_updated':
        return put(this.#peers, keyOf(event.peer), event.peer);
      case 'peer_left':
        this.#peers.delete(keyOf(event));
        return true;
      case 'view':
        for (const one of event.unseen) this.#peers.delete(keyOf(one));
        return event.peers.map((peer) => put(this.#peers, keyOf(peer), peer)).every((isKept) => isKept);
      case 'channel_updated':
        return put(this.#channels, event.channel.name, event.channel);
      case 'channel_deleted':
        this.#channels.delete(event.channel);
        const gone = new Set([event.channel]);
        for (const [key, peer] of this.#peers) this.#peers.set(key, outside(peer, gone));
        return true;
      case 'channel_joined':
      case 'channel_left':
        this.#ownMembership(event);
        return true;
      case 'device_revoked':
      case 'user_registered':
      case 'user_disabled':
      case 'user_enabled':
      case 'mailbox':
      case 'circuit':
        return true;
    }
  }

  /** The user may have joined or left on another device. */
  #ownMembership(event: { type: 'channel_joined' | 'channel_left'; channel: string; username: string }): void {
    const channel = this.#channels.get(event.channel);
    if (!channel || event.username.toLowerCase() !== this.#self) return;
    this.#channels.set(event.channel, { ...channel, joined: event.type === 'channel_joined' });
  }
}

function keyOf({ username, device }: { username: string; device?: string | undefined }): string {
  return device ?? `user ${username.toLowerCase()}`;
}

function put<T>(map: Map<string, T>, key: string, value: T): boolean {
  if (map.size >= LIST_MAX && !map.has(key)) return false;
  map.set(key, value);
  return true;
}
