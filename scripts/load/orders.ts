/** What the processes of virtual peers are told, and what they answer. */
import type { ChannelName, Username } from '../../protocol/ids.js';
import type { Reading } from './figures.js';

/** Whose devices a process runs. The session is for registering them; each then signs in by its own key. */
export interface Account {
  readonly username: Username;
  readonly token: string;
  readonly devices: number;
  readonly channels: readonly ChannelName[];
}

export type Order =
  /** Makes the keys, and registers them at the tracker. */
  | { readonly do: 'prepare'; readonly tracker: string; readonly accounts: readonly Account[]; readonly whole: boolean }
  /** All come, each at a moment of its own within `withinMs`. */
  | { readonly do: 'come'; readonly withinMs: number }
  /** Of the next events that hold `text`, each peer tells of its first. */
  | { readonly do: 'listen'; readonly text: string }
  | { readonly do: 'read' }
  | { readonly do: 'leave' };

export interface Heard {
  readonly count: number;
  /** When the last one heard it, milliseconds since 1970. */
  readonly lastAt: number;
}

export interface Answer {
  readonly reading: Reading;
  readonly heard: Heard;
}
