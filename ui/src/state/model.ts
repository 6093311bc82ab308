/** Everything the UI knows. Plain data; changed by `reduce` alone. */
import type {
  ChannelView,
  ConversationView,
  EntryView,
  NoticeView,
  PersonView,
  PreferencesView,
  SessionView,
  Snapshot,
  TrackerView,
} from '../../../protocol/local-api.js';
import type { ComposingIn } from './composing.js';
import type { Finding } from './finding.js';
import type { AskedChanges } from './relations.js';
import type { Route } from './route.js';
import type { TypingIn } from './typing.js';

/** What the daemon told. The law holds here: a snapshot and the events since make what a fresh snapshot makes. */
export interface Daemon {
  readonly me: Snapshot['me'];
  readonly tracker: TrackerView;
  readonly p2p: Snapshot['p2p'];
  /** By lower-cased username. */
  readonly people: Readonly<Record<string, PersonView>>;
  /** By name. */
  readonly channels: Readonly<Record<string, ChannelView>>;
  /** By conversation id. */
  readonly conversations: Readonly<Record<string, ConversationView>>;
  readonly notices: readonly NoticeView[];
  readonly preferences: PreferencesView;
}

/** The loaded part of one conversation: sorted, each entry once, and without a hole unless `stale`. */
export interface Timeline {
  readonly entries: readonly EntryView[];
  /** Whether the daemon has older entries; unknown until the first page came. */
  readonly more: boolean;
  readonly phase: 'idle' | 'loading' | 'failed';
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
  readonly message: string;
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
}

/** Where a timeline was left: the row at its upper edge, and where the window of drawn rows began. */
export interface Place {
  readonly key: string;
  /** Distance of the row's upper edge from the timeline's, px. */
  readonly top: number;
  /** The first drawn row; null while these were the newest. */
  readonly anchor: string | null;
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
  readonly drafts: Readonly<Record<string, string>>;
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
  readonly route: Route;
  /** The window can be seen. */
  readonly visible: boolean;
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
}

export const emptyTimeline: Timeline = { entries: [], more: true, phase: 'idle', loaded: false, stale: false };
