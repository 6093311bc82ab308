/**
 * What is new, told in the order in which it became durable here. It is read from the history as fast as the reader takes it: nothing waits
 * in memory for a slow one, and one that comes back with its cursor goes on where it was.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { isRow } from '../../../protocol/entry-kinds.js';
import type { Entry } from '../../../protocol/entry.js';
import { ParleyError } from '../../../protocol/errors.js';
import type { ConversationId } from '../../../protocol/ids.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { relationOf } from '../../../protocol/relations.js';
import { viewNow } from '../../commands/entry-view.js';
import { runCommand } from '../../commands/run.js';
import type { PeerServices } from '../../services.js';
import type { Caller } from './callers.js';

export type News =
  | { readonly cursor: string }
  | { readonly cursor: string; readonly entry: EntryView }
  | { readonly cursor: string; readonly changed: EntryView };

export interface SubscriptionRequest {
  readonly cursor?: string | undefined;
  readonly conversations: readonly string[];
}

const PAGE = 64;
const CONVERSATIONS_MAX = 256;

/** Ends only by the caller's signal. @throws (rejects with) ParleyError not_found for a bad cursor, and as `conversation.members` */
export async function* newsOf({ services, signal }: Caller, request: SubscriptionRequest): AsyncIterable<News> {
  const wanted = await conversationsIn(services, request.conversations);
  const wake = new Wake(services, signal);
  try {
    let place = request.cursor ?? services.history.arrived(undefined, 1).place;
    // Before anything is told: a cursor that is none of this history.
    services.history.arrived(place, 1);
    yield { cursor: place };
    for (;;) {
      wake.clear();
      signal.throwIfAborted();
      const page = services.history.arrived(place, PAGE);
      let told = place;
      const isShown = shownNow(services, wanted);
      for (const { entry, place: behind } of page.arrivals) {
        for (const news of isShown(entry.conversation) ? newsIn(services, entry, place, behind) : []) yield news;
        told = place = behind;
      }
      place = page.place;
      // Also past what is not shown, so that a reader who comes back does not pass over it again.
      if (place !== told) yield { cursor: place };
      await (page.more ? turn() : wake.next());
    }
  } finally {
    wake.close();
  }
}

async function conversationsIn(
  services: PeerServices,
  names: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  if (names.length === 0) return undefined;
  if (names.length > CONVERSATIONS_MAX)
    throw new ParleyError('bad_request', `Name at most ${CONVERSATIONS_MAX} conversations, or none for all.`);
  for (const conversation of names) await runCommand(services, 'conversation.members', { conversation });
  return new Set(names);
}

/** Whether something of a conversation is told: asked once for a page, since what answers it counts what is unread there. */
function shownNow(
  { conversations }: PeerServices,
  wanted: ReadonlySet<string> | undefined,
): (conversation: ConversationId) => boolean {
  const known = new Map<ConversationId, boolean>();
  return (conversation) => {
    const before = known.get(conversation);
    if (before !== undefined) return before;
    const isShown = wanted?.has(conversation) !== false && conversations.get(conversation) !== undefined;
    known.set(conversation, isShown);
    return isShown;
  };
}

/** @param before the cursor before this entry. @param behind the one behind it */
function newsIn(services: PeerServices, entry: Entry, before: string, behind: string): News[] {
  const { conversation } = entry;
  const relation = relationOf(entry);
  const target = relation && services.history.entry(relation.target);
  const changed = target?.conversation === conversation && isRow(target) ? viewNow(services, target) : undefined;
  const shown = isRow(entry) ? viewNow(services, entry) : undefined;
  // Of two, the first may come twice, after a reconnection between them: it is how something looks, and no new message.
  return [
    ...(changed ? [{ cursor: shown ? before : behind, changed }] : []),
    ...(shown ? [{ cursor: behind, entry: shown }] : []),
  ];
}

/** Whether more has become durable since it was cleared. */
class Wake {
  #isDue = false;
  #resolve: (() => void) | undefined;
  readonly #listener = (): void => {
    this.#isDue = true;
    this.#resolve?.();
  };

  constructor(
    private readonly services: PeerServices,
    signal: AbortSignal,
  ) {
    services.events.on('durable', this.#listener);
    // Not every reader who is gone lets its stream be run to its end.
    signal.addEventListener('abort', () => {
      this.close();
      this.#listener();
    });
  }

  clear(): void {
    this.#isDue = false;
  }

  /** Resolves also when the signal is aborted. */
  async next(): Promise<void> {
    if (!this.#isDue) await new Promise<void>((resolve) => (this.#resolve = resolve));
  }

  close(): void {
    this.services.events.off('durable', this.#listener);
  }
}
