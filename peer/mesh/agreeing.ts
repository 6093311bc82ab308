/**
 * The first account of large channels by digests (SPEC.md section 5, ranges): which exchanges there are on which link, how they begin and end,
 * and that each falls back to `have` when the other side does not go on with it.
 */
import { ParleyError } from '../../protocol/errors.js';
import type { Heads } from '../../protocol/heads.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { LISTED_MAX } from '../../protocol/limits.js';
import type { Ranges } from '../../protocol/range-messages.js';
import { Ends } from './ends.js';
import { Exchange } from './exchange.js';
import type { Agreement, LinkState } from './link-state.js';
import type { LogHeads, SyncOutput } from './ports.js';
import type { RangeLine } from './range-lines.js';

/** An answer that has not come by then does not come. Milliseconds. */
const PATIENCE_MS = 20_000;
/** On one link: whoever joins and leaves, and begins anew each time, is told by `have` from then on. */
const EXCHANGES_MAX = 1_024;

export interface AgreeingParts {
  readonly device: DeviceId;
  readonly log: Pick<LogHeads, 'durable'>;
  readonly out: Pick<SyncOutput, 'ranges'>;
  /** So many logs of a conversation, or of a range, are told one by one. {@link LISTED_MAX} unless given. */
  readonly listed?: number | undefined;
  readonly links: { values(): Iterable<LinkState> };
  isShared(state: LinkState, conversation: ConversationId): boolean;
  /** All of it is told one by one. */
  list(state: LinkState, conversation: ConversationId): void;
  /** The other side holds these logs so far. */
  heard(state: LinkState, conversation: ConversationId, logs: Heads, now: number): void;
  /** It is known how far it holds each of them; or what is here was told, and is not waited for any more. */
  settled(state: LinkState, conversation: ConversationId, now: number): void;
}

export class Agreeing {
  /** As they are, until something becomes durable: for all links that are made in between. */
  private readonly ends = new Map<ConversationId, Ends>();

  constructor(private readonly parts: AgreeingParts) {}

  /** @returns whether the conversation's logs are compared by digests on this link: else they are to be told one by one */
  open(state: LinkState, conversation: ConversationId, now: number): boolean {
    const { log, listed = LISTED_MAX } = this.parts;
    if (!state.ranges || !conversation.startsWith('#') || state.agreementsBegun >= EXCHANGES_MAX) return false;
    if (log.durable(conversation).size <= listed) return false;
    const agreement = this.begin(state, conversation, now);
    agreement.isOpened = true;
    const { number, exchange } = agreement;
    const { digest } = exchange;
    this.parts.out.ranges(state.link, { type: 'ranges', conversation, number, parts: [{ digest }] });
    return true;
  }

  /** Whether it is not known yet what the other side holds of the conversation. */
  isOpen(state: LinkState, conversation: ConversationId): boolean {
    return state.agreements.get(conversation)?.exchange !== undefined;
  }

  /** Whether something is still to be told on the link. */
  isTelling(state: LinkState): boolean {
    for (const { exchange, isListed } of state.agreements.values()) if (exchange && !isListed) return true;
    return false;
  }

  get busy(): boolean {
    for (const state of this.parts.links.values()) if (this.isTelling(state)) return true;
    return false;
  }

  /** More is durable here: those that begin from now on compare that. */
  changed(conversations: Iterable<ConversationId>): void {
    for (const conversation of conversations) this.ends.delete(conversation);
  }

  /** A line of the other side. @throws ParleyError bad_request */
  hear(state: LinkState, { conversation, number, answers, from = '', parts }: Ranges, now: number): void {
    if (!state.ranges || !this.parts.isShared(state, conversation)) return;
    const known = state.agreements.get(conversation);
    if (parts.length === 0) return this.listedThere(state, conversation, known, now);
    const isOpening = answers === undefined;
    // Of an exchange that was given up, or of before the channel was left.
    if (!isOpening && (known?.number !== answers || (known.theirs ?? number) !== number)) return;
    const agreement = isOpening ? this.openedThere(state, conversation, number, known, now) : known;
    const exchange = agreement?.exchange;
    if (!exchange) return;
    agreement.theirs = number;
    agreement.since = now;
    const haveBoth = isOpening && agreement.isOpened;
    if (haveBoth && parts[0]?.digest === exchange.digest) {
      this.parts.heard(state, conversation, exchange.agree(), now);
    } else if (!haveBoth || this.parts.device < state.device) {
      const { logs, answer } = exchange.hear({ from, parts });
      for (const line of answer) this.say(state, conversation, agreement, line);
      this.parts.heard(state, conversation, logs, now);
    }
    // Else both have opened it, and the other end parts the range.
    if (exchange.isOver) this.end(state, conversation, agreement, now);
  }

  /** Who does not go on is told all, and waited for no more. */
  tick(now: number): void {
    for (const state of this.parts.links.values()) {
      for (const [conversation, agreement] of state.agreements) {
        if (!agreement.exchange || agreement.isListed || now - agreement.since < PATIENCE_MS) continue;
        this.list(state, conversation, agreement);
        this.parts.settled(state, conversation, now);
      }
    }
  }

  /** @returns what it is about here: the one that we have opened ourselves, or one more */
  private openedThere(
    state: LinkState,
    conversation: ConversationId,
    number: number,
    known: Agreement | undefined,
    now: number,
  ): Agreement {
    if (known && known.theirs === undefined) return known;
    // One of the two may have left the channel and joined it again: the other side begins anew, and has forgotten what was before.
    if (number <= (known?.theirs ?? 0) || state.agreementsBegun >= EXCHANGES_MAX) throw new ParleyError('bad_request');
    return this.begin(state, conversation, now, known);
  }

  private begin(
    state: LinkState,
    conversation: ConversationId,
    now: number,
    before?: Pick<Agreement, 'number' | 'isOpened'>,
  ): Agreement & { exchange: Exchange } {
    const { log, listed = LISTED_MAX } = this.parts;
    let ends = this.ends.get(conversation);
    if (!ends) this.ends.set(conversation, (ends = new Ends(log.durable(conversation))));
    const { number = state.agreementsBegun + 1, isOpened = false } = before ?? {};
    state.agreementsBegun++;
    const exchange = new Exchange(ends, listed);
    const agreement = { number, isOpened, theirs: undefined, exchange, since: now, isListed: false };
    state.agreements.set(conversation, agreement);
    return agreement;
  }

  private say(state: LinkState, conversation: ConversationId, { number, theirs }: Agreement, line: RangeLine): void {
    const begin = line.from === '' ? {} : { from: line.from };
    const answers = theirs === undefined ? {} : { answers: theirs };
    this.parts.out.ranges(state.link, {
      ...{ type: 'ranges', conversation, number },
      ...answers,
      ...begin,
      parts: [...line.parts],
    });
  }

  private list(state: LinkState, conversation: ConversationId, agreement: Agreement): void {
    if (agreement.isListed) return;
    agreement.isListed = true;
    this.parts.list(state, conversation);
    this.say(state, conversation, agreement, { from: '', parts: [] });
  }

  /** The other side has given the exchange up, and has told all that it holds. */
  private listedThere(
    state: LinkState,
    conversation: ConversationId,
    agreement: Agreement | undefined,
    now: number,
  ): void {
    if (!agreement && state.agreementsBegun >= EXCHANGES_MAX) return;
    const ended = agreement ?? this.begin(state, conversation, now);
    this.list(state, conversation, ended);
    this.end(state, conversation, ended, now);
  }

  private end(state: LinkState, conversation: ConversationId, agreement: Agreement, now: number): void {
    if (!agreement.exchange) return;
    agreement.exchange = undefined;
    this.parts.settled(state, conversation, now);
  }
}
