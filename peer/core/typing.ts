/**
 * Who writes at this moment (`typing`, SPEC.md section 4): told to those who are linked and in the conversation, now and
 * then; heard of those alone, and not without end.
 */
import { sameUser, userKey, type ConversationId, type UserKey, type Username } from '../../protocol/ids.js';
import { TYPING_SHOWN_MS } from '../../protocol/limits.js';
import type { Typing as TypingMessage } from '../../protocol/link-messages.js';

export interface TypingLink {
  readonly id: number;
  readonly remote: { readonly username: Username };
  send(message: TypingMessage): void;
}

export interface TypingOptions {
  readonly self: Username;
  /** The user may not want to tell. */
  readonly enabled: () => boolean;
  readonly blocked: (user: UserKey) => boolean;
  readonly links: () => Iterable<TypingLink>;
  readonly shares: (conversation: ConversationId, link: TypingLink) => boolean;
  /** Told to the user's windows. */
  readonly heard: (conversation: ConversationId, username: Username) => void;
  readonly clock: { now(): number };
}

/** Told again no sooner than this. */
const REST_MS = TYPING_SHOWN_MS / 2;
/** Of one link so many are heard in such a time. */
const HEARD_MAX = 8;
const HEARD_MS = 1_000;

/** Since when it counts, and how many it has heard. */
interface Ear {
  readonly since: number;
  readonly count: number;
}

export class Typing {
  private readonly told = new Map<ConversationId, number>();
  private readonly ears = new Map<number, Ear>();

  constructor(private readonly options: TypingOptions) {}

  /** The user writes. */
  typed(conversation: ConversationId): void {
    const { self, enabled, blocked, links, shares, clock } = this.options;
    const now = clock.now();
    const before = this.told.get(conversation);
    if (!enabled() || (before !== undefined && now >= before && now - before < REST_MS)) return;
    this.told.set(conversation, now);
    for (const link of links()) {
      const { username } = link.remote;
      if (sameUser(username, self) || blocked(userKey(username)) || !shares(conversation, link)) continue;
      link.send({ type: 'typing', conversation });
    }
  }

  /** What is written there now is there: the next letter is told at once. */
  posted(conversation: ConversationId): void {
    this.told.delete(conversation);
  }

  hears(link: TypingLink, { conversation }: TypingMessage): void {
    const { self, blocked, shares, heard } = this.options;
    const { username } = link.remote;
    if (sameUser(username, self) || blocked(userKey(username)) || !shares(conversation, link)) return;
    if (this.mayBeHeard(link)) heard(conversation, username);
  }

  down({ id }: { id: number }): void {
    this.ears.delete(id);
  }

  private mayBeHeard({ id }: TypingLink): boolean {
    const now = this.options.clock.now();
    const ear = this.ears.get(id);
    if (!ear || Math.abs(now - ear.since) >= HEARD_MS) this.ears.set(id, { since: now, count: 1 });
    else if (ear.count >= HEARD_MAX) return false;
    else this.ears.set(id, { ...ear, count: ear.count + 1 });
    return true;
  }
}
