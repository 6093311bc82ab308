/** What the chat in a terminal knows, as plain data; what can happen to it; and what is to be done. No part of it draws or connects. */
import type {
  ChannelView,
  CommandArguments,
  ConversationView,
  EntryView,
  PersonView,
} from '../../../protocol/local-api.js';
import type { PeerEvent } from '../../process/peer-socket.js';
import { EMPTY, type Editor } from './editor.js';
import { textsIn, type Language, type Texts } from './texts.js';

/** A conversation's loaded rows, in their order. `more`: there are older ones; `newer`: it was cut off from its end. */
export interface Timeline {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  readonly newer: boolean;
  readonly loading: boolean;
}

/** A message that was sent, and is not durable yet. */
export interface Pending {
  readonly client: string;
  readonly conversation: string;
  readonly message: string;
}

export type Mode =
  | { readonly kind: 'write' }
  | { readonly kind: 'reply'; readonly entry: EntryView }
  | { readonly kind: 'edit'; readonly entry: EntryView }
  | { readonly kind: 'react'; readonly entry: EntryView }
  | { readonly kind: 'select'; readonly id: string }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'found'; readonly query: string; readonly entries: readonly EntryView[]; readonly at: number };

export interface State {
  readonly columns: number;
  readonly rows: number;
  readonly language: Language;
  readonly texts: Texts;
  readonly me: string;
  readonly connected: boolean;
  readonly people: ReadonlyMap<string, PersonView>;
  readonly channels: ReadonlyMap<string, ChannelView>;
  readonly conversations: ReadonlyMap<string, ConversationView>;
  readonly timelines: ReadonlyMap<string, Timeline>;
  readonly current: string | undefined;
  /** What was unread here when it was opened begins after this entry; absent where nothing was. */
  readonly readUpTo: string | undefined;
  /** Lines that lie below the window. */
  readonly scroll: number;
  readonly editor: Editor;
  /** What was begun elsewhere. */
  readonly drafts: ReadonlyMap<string, Editor>;
  readonly mode: Mode;
  readonly pending: readonly Pending[];
  /** One line for the user: an answer, or what went wrong and what to do. */
  readonly notice: string;
  /** What the tracker's state has to say; empty where all is well. */
  readonly trouble: string;
  /** What Tab offers, in turn, and what stood there before. */
  readonly offers: { readonly base: Editor; readonly words: readonly string[]; readonly at: number } | undefined;
}

export type Action =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'event'; readonly event: PeerEvent }
  | { readonly type: 'down' }
  | { readonly type: 'page'; readonly conversation: string; readonly page: Page }
  | { readonly type: 'opened'; readonly conversation: string }
  | { readonly type: 'found'; readonly query: string; readonly entries: readonly EntryView[] }
  | { readonly type: 'posted'; readonly client: string }
  | { readonly type: 'refused'; readonly client: string; readonly text: string }
  | { readonly type: 'notice'; readonly text: string };

/** `place`: how it was asked for: the newest, those before an entry, or those around one. */
export interface Page {
  readonly entries: readonly EntryView[];
  readonly more: boolean;
  readonly newer: boolean;
  readonly place: { readonly before?: string; readonly around?: string };
}

/** A key as it was pressed: `name` of one that has no character, else `text`. */
export interface Key {
  readonly name: string;
  readonly text: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
}

type Change =
  | 'message.edit'
  | 'message.delete'
  | 'message.react'
  | 'conversation.read'
  | 'channel.leave'
  | 'channel.topic'
  | 'conversation.settings'
  | 'profile.set'
  | 'people.list';

export type Effect =
  | { readonly do: 'page'; readonly conversation: string; readonly place: Page['place'] }
  | { readonly do: 'post'; readonly post: Pending & { readonly replyTo?: string; readonly action?: true } }
  /** `done`: what is said once it is. */
  | {
      readonly do: 'run';
      readonly command: Change;
      readonly args: CommandArguments<Change>;
      readonly done?: string;
    }
  | { readonly do: 'invite' }
  /** Somebody is written to from elsewhere. */
  | {
      readonly do: 'tell';
      readonly username: string;
      readonly message: string;
      readonly client: string;
      readonly done: string;
    }
  | { readonly do: 'open'; readonly name: string; readonly join: boolean }
  | { readonly do: 'search'; readonly query: string }
  | { readonly do: 'draw anew' }
  | { readonly do: 'quit' };

/** What follows from an action. */
export type Step = readonly [State, readonly Effect[]];

export function newState(me: string, language: Language, columns: number, rows: number): State {
  return {
    ...{ columns, rows, language, texts: textsIn[language], me, connected: true },
    ...{ people: new Map(), channels: new Map(), conversations: new Map(), timelines: new Map() },
    ...{ current: undefined, readUpTo: undefined, scroll: 0, editor: EMPTY, drafts: new Map() },
    ...{ mode: { kind: 'write' }, pending: [], notice: '', trouble: '', offers: undefined },
  };
}

const NONE: Timeline = { entries: [], more: true, newer: false, loading: false };

export function timelineOf(state: State, id: string): Timeline {
  return state.timelines.get(id) ?? NONE;
}

export function withTimeline(state: State, id: string, change: Partial<Timeline>): State {
  const timelines = new Map(state.timelines);
  timelines.set(id, { ...timelineOf(state, id), ...change });
  return { ...state, timelines };
}

export const entriesOf = ({ timelines, current }: State): readonly EntryView[] =>
  current === undefined ? [] : (timelines.get(current)?.entries ?? []);

export const isMessage = ({ kind, deleted }: EntryView): boolean => (kind === 'text' || kind === 'file') && !deleted;

/** By their names in lower case, of each list of people that there was: a list is never changed, but made anew. */
const names = new WeakMap<State['people'], ReadonlyMap<string, string>>();

function namesOf(people: State['people']): ReadonlyMap<string, string> {
  const known = names.get(people);
  if (known) return known;
  const made = new Map([...people.values()].map(({ username }) => [username.toLowerCase(), username]));
  names.set(people, made);
  return made;
}

/** As people know it: `#general`, or as an admin has renamed it, or the other one's name. */
export function titleOf({ me, people, channels }: Pick<State, 'me' | 'people' | 'channels'>, id: string): string {
  if (!id.startsWith('@')) return `#${channels.get(id.slice(1))?.title ?? id.slice(1)}`;
  const [a = '', b = ''] = id.slice(1).split('+');
  const other = a === me.toLowerCase() ? b : a;
  return namesOf(people).get(other) ?? other;
}

/** Channels by what they are called, then people by name. */
export function listed(state: State): ConversationView[] {
  const ranked = [...state.conversations.values()].map((conversation) => {
    const title = titleOf(state, conversation.id);
    const rank = conversation.id.startsWith('#') ? `0${title}` : `1${title.toLowerCase()}`;
    return { rank, conversation };
  });
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ conversation }) => conversation);
}
