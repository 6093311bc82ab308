/** What can happen to the state. One union, so that the reducer is checked to be complete. */
import type { EntryView, LocalEvent, SessionView, Snapshot } from '../../../protocol/local-api.js';
import type { OutgoingChange } from '../files/outgoing.js';
import type { FindingChange } from './finding.js';
import type { Connection, OutboxItem, Place, TimelinePart } from './model.js';
import type { AskedChange } from './relations.js';
import type { Route } from './route.js';
import type { Snippet } from '../text/snippet.js';

export type Action =
  | { type: 'session/signed_out'; view: SessionView; reason?: string }
  | {
      type: 'session/signed_in';
      username: string;
      outbox: readonly OutboxItem[];
      drafts: Readonly<Record<string, string>>;
      snippets?: readonly Snippet[];
    }
  | { type: 'connection'; connection: Connection }
  /** `at`: the browser's clock, ms. */
  | { type: 'snapshot'; snapshot: Snapshot; at: number }
  /** `at`: the daemon's clock, ms, where it matters how old something is. */
  | { type: 'event'; event: LocalEvent; at?: number }
  /** `load`: a name for what is under way; its page or failure bears the same. */
  | { type: 'history/loading'; conversation: string; part?: TimelinePart; load?: string }
  | { type: 'history/failed'; conversation: string; load?: string }
  | {
      type: 'history/page';
      conversation: string;
      entries: readonly EntryView[];
      more: boolean;
      newer?: boolean;
      place?: string;
      load?: string;
    }
  /** The newest entries of #broadcast, read because some of them are unread. */
  | { type: 'broadcasts'; entries: readonly EntryView[] }
  | { type: 'outbox/add'; item: OutboxItem }
  | { type: 'outbox/phase'; client: string; phase: OutboxItem['phase']; problem?: string }
  | { type: 'outbox/done'; client: string; entry: EntryView }
  | { type: 'outbox/drop'; client: string }
  /** `conversation`: or the key of an edit (drafts.ts). */
  | { type: 'draft'; conversation: string; text: string }
  /** Another window of this browser wrote; `held`: the key of what is being typed here. */
  | { type: 'draft/foreign'; key: string; text: string; held?: string }
  /** New, or its text has changed: one without text is gone. */
  | { type: 'snippet'; snippet: Snippet }
  | { type: 'snippet/drop'; id: string }
  | { type: 'outgoing'; change: OutgoingChange }
  /** `at`: the browser's clock, ms. */
  | { type: 'typing/heard'; conversation: string; username: string; at: number }
  | { type: 'typing/expired'; at: number }
  /** The composer of the entry's conversation answers it, or writes an own one anew. */
  | { type: 'compose/reply'; entry: EntryView }
  | { type: 'compose/edit'; entry: EntryView }
  | { type: 'compose/cancel'; conversation: string }
  /** A change to the entry `target` was asked for; and it was answered, whichever way. */
  | { type: 'change/asked'; target: string; asked: AskedChange }
  | { type: 'change/answered'; target: string; id: string }
  | { type: 'finding'; change: FindingChange }
  | { type: 'route'; route: Route }
  | { type: 'open/failed'; text: string }
  | { type: 'visible'; visible: boolean }
  | { type: 'focused'; focused: boolean }
  | { type: 'following'; following: boolean }
  /** A timeline goes out of view; `place` is absent where it stood at its newest message. */
  | { type: 'place'; conversation: string; place?: Place }
  /** This window asks to join a channel. `at`: the daemon's clock, ms. */
  | { type: 'joining'; conversation: string; at: number }
  /** This window has joined a channel, and goes there. */
  | { type: 'joined'; conversation: string }
  | { type: 'read'; conversation: string }
  /** The line before the unread messages is in view, or need not be. */
  | { type: 'mark/met'; conversation: string }
  /** It is not wanted any more. */
  | { type: 'mark/clear'; conversation: string }
  /** An entry that is loaded is to be brought into view; and it was, or cannot be. */
  | { type: 'jump'; conversation: string; entry: string }
  | { type: 'jump/done' }
  | { type: 'person/show'; username: string }
  | { type: 'person/hide' }
  | { type: 'alert'; id: string; text: string }
  | { type: 'alert/drop'; id: string };
