/** Everything the UI knows. Plain data; changed by `reduce` alone. */
import type {
  ChannelView,
  ConversationView,
  EntryView,
  HistoryView,
  NoticeView,
  PersonView,
  PreferencesView,
  SessionView,
  Snapshot,
  TrackerView,
  TransferView,
} from '../../../protocol/local-api.js';
import type { FilePost, Outgoing } from '../files/outgoing.js';
import type { ComposingIn } from './composing.js';
import type { Finding } from './finding.js';
import type { AskedChanges } from './relations.js';
import type { Route } from './route.js';
import type { Snippet } from '../text/snippet.js';
import type { TypingIn } from './typing.js';

/** What the daemon told. The law holds here: a snapshot and the events since make what a fresh snapshot makes. */
export interface Daemon {
  readonly me: Snapshot['me'];
  readonly tracker: TrackerView;
  readonly p2p: Snapshot['p2p'];
  readonly reach: Snapshot['reach'];
  /** By lower-cased username. */
  readonly people: Readonly<Record<string, PersonView>>;
  /** Names of those whom the user blocks: of nobody else is so little told. */
  readonly blocked: readonly string[];
  /** By name. */
  readonly channels: Readonly<Record<string, ChannelView>>;
  /** By conversation id. */
  readonly conversations: Readonly<Record<string, ConversationView>>;
  readonly notices: readonly NoticeView[];
  readonly preferences: PreferencesView;
  /** Files on their way, by id; none that is done. */
  readonly transfers: Readonly<Record<string, TransferView>>;
  /** What another device of the user brings just now. */
  readonly history?: HistoryView;
}

/** Which entries a page brings; `unread`: those where the unread ones begin; `again`: those that are loaded, after a time without events. */
export type TimelinePart = 'latest' | 'unread' | 'before' | 'after' | 'around' | 'again';

/** The loaded part of one conversation: sorted, each entry once, and without a hole unless `stale`. */
export interface Timeline {
  readonly entries: readonly EntryView[];
  /** Whether the daemon has older entries; unknown until the first page came. */
  readonly more: boolean;
  /** There are newer entries that are not loaded: this part ends before the present, and new ones do not show in it. */
  readonly newer: boolean;
  readonly phase: 'idle' | 'loading' | 'failed';
  /** What is being loaded, or was the last time; and under which name, so that a page that was given up is known. */
  readonly part: TimelinePart;
  readonly load?: string;
  /** What events told since the page under way was asked for: new entries, and new looks of known ones. */
  readonly told: readonly EntryView[];
  readonly changed: readonly EntryView[];
  /** The first page has come. */
  readonly loaded: boolean;
  /** The socket was away since: entries may be missing anywhere, so it is to be read again. */
  readonly stale: boolean;
}

/**
 * A message of this browser that is not known to be durable yet.
 * `queued`: to be sent as soon as the socket stands. `inflight`: handed to the daemon, no answer yet.
 * `waiting`: the daemon refused for now; it is sent again by itself. `failed`: refused; the person decides.
 */
export interface OutboxItem {
  readonly client: string;
  readonly conversation: string;
  /** Of a file: its caption. */
  readonly message: string;
  /** It tells what its author does (`/me`). */
  readonly action?: true;
  /** Whether `@here` and `@all` in it call anybody, where the person was asked. */
  readonly call?: boolean;
  /** A file whose bytes are at the daemon. */
  readonly file?: FilePost;
  /** The entry of the conversation that it answers. */
  readonly replyTo?: string;
  /** Browser clock, ms. */
  readonly createdAt: number;
  readonly phase: 'queued' | 'inflight' | 'waiting' | 'failed';
  readonly problem?: string;
}

/** Where the line "new messages" stands: set when unread messages are met, kept until the conversation is left. */
export interface UnreadMark {
  readonly readUpTo?: string;
  readonly count: number;
  /** The newest entry when the mark was set. */
  readonly until?: string;
  /** It was brought into view, or need not be. Until then nothing is read: what stands below it was not on the screen. */
  readonly met?: true;
}

/** Where a timeline was left: the row at its upper edge. */
export interface Place {
  readonly key: string;
  /** Distance of the row's upper edge from the timeline's, px. */
  readonly top: number;
}

/** An entry that is to be brought into view; it is loaded. Another object for each time it is asked for. */
export interface Jump {
  readonly conversation: string;
  readonly entry: string;
}

export type SessionState =
  | { readonly phase: 'checking' }
  | { readonly phase: 'signed_out'; readonly view: SessionView; readonly reason?: string }
  | { readonly phase: 'signed_in'; readonly username: string };

/** `waiting`: the next attempt is at `retryAt` (browser clock, ms). */
export interface Connection {
  readonly phase: 'connecting' | 'live' | 'waiting';
  readonly retryAt?: number;
}

/** Something that went wrong here and is not of the daemon's notices. */
export interface Alert {
  readonly id: string;
  readonly text: string;
}

export interface State {
  readonly session: SessionState;
  readonly connection: Connection;
  readonly daemon?: Daemon;
  /** Daemon's clock minus the browser's, ms. */
  readonly clockOffset: number;
  readonly timelines: Readonly<Record<string, Timeline>>;
  readonly outbox: readonly OutboxItem[];
  /** None is longer than a composer holds (snippets.ts). */
  readonly drafts: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly snippets: readonly Snippet[];
  /** Files in trays, and on their way to the daemon. */
  readonly outgoing: Outgoing;
  /** Where others type just now; by the browser's clock. */
  readonly typing: TypingIn;
  /** Where the composer answers or edits something. */
  readonly composing: ComposingIn;
  /** Changes to entries that the daemon has not answered yet. */
  readonly asked: AskedChanges;
  readonly marks: Readonly<Record<string, UnreadMark>>;
  readonly finding: Finding;
  /** Where conversations were left, other than at their newest message. */
  readonly places: Readonly<Record<string, Place>>;
  readonly jump?: Jump;
  /** The conversation in view that was marked unread: it is not read by being looked at, until it is left. */
  readonly keptUnread?: string;
  /** The channel that was joined last, until it is left: all that is written in it was there before, and none of it is news. */
  readonly justJoined?: string;
  /** When channels were joined while this window was open, ms: what was written before comes as history. */
  readonly joinedAt: Readonly<Record<string, number>>;
  readonly route: Route;
  /** The window can be seen. */
  readonly visible: boolean;
  /** The window has the keyboard: without it nobody is taken to look at it. */
  readonly focused: boolean;
  /** The timeline in view stands at its newest message. */
  readonly following: boolean;
  /** Unseen broadcasts, oldest first. */
  readonly banners: readonly EntryView[];
  readonly alerts: readonly Alert[];
  /** Whose panel stands over the view. */
  readonly personShown?: string;
  /** Why the conversation that the route names could not be opened. */
  readonly openFailure?: string;
  /** The last text of somebody else that came in live: for the live region. */
  readonly heard?: EntryView;
  /** How many of these there have been. */
  readonly heardCount: number;
}

export const emptyTimeline: Timeline = {
  entries: [],
  more: true,
  newer: false,
  phase: 'idle',
  part: 'latest',
  told: [],
  changed: [],
  loaded: false,
  stale: false,
};
