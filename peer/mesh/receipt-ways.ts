/**
 * Ways to an author for receipts of a large channel, where the link is gone that a log came by (SPEC.md section 5). Who has none asks its
 * links, each of them asks on once, and the answer comes back from a link of the author by the ways that the question took: so no way goes in
 * a circle (route discovery of AODV, Perkins and Royer 1999). A machine without clock.
 */
import { conversationParts, type ConversationId, type DeviceId } from '../../protocol/ids.js';
import type { Way } from '../../protocol/receipt-messages.js';
import { logName } from './kept-receipts.js';
import type { LinkToken } from './ports.js';
import type { ReceiptRelayOptions } from './receipt-options.js';

/** A question is under way so long: until then others' questions wait for the same answer. Milliseconds, as all here. */
const ASKED_MS = 3_000;
/** From one's own question to the next one; twice as long each time, since the author may be away. */
const FIRST_APART_MS = 4_000;
const APART_FACTOR = 2;
/** The first ones go along the tree alone: where it was broken too, it heals with the next entry of anybody. */
const ALONG_TREE_MS = 2 * FIRST_APART_MS;
/** What was found, and how often one has asked, is known so long after the last question. */
const KNOWN_MS = 600_000;
/** Of one link so many questions begin to be passed on in a minute, and of all links together. */
const TAKEN = { inMs: 60_000, ofLink: 32, ofAll: 128 };
/** Logs with a question or a way. */
const SEARCHES_MAX = 2_000;

/** Where no way is known, so many links outside of the tree are tried besides those of it. */
const BESIDE_MAX = 3;

export interface ReceiptWaysParts extends Pick<ReceiptRelayOptions, 'log' | 'tree' | 'isShared' | 'send'> {
  /** Whose they are, and whether they take receipts: those of earlier versions do not. */
  readonly links: ReadonlyMap<LinkToken, { readonly device: DeviceId; readonly takes: boolean }>;
}

/** For the author of one log. */
interface Search {
  askedAt: number;
  isWide: boolean;
  /** When one's own question may be put again, and how long after it the one that follows. */
  againAt: number;
  apartMs: number;
  /** Who waits for the answer. */
  readonly waiting: Set<LinkToken>;
  way?: LinkToken | undefined;
  wayAt: number;
  /** The link that the log has come by is not to be relied on: it was gone, or another way was found, which may be gone again. */
  isOld: boolean;
}

export class ReceiptWays {
  private readonly searches = new Map<string, Search>();
  /** Questions that were taken in this minute. */
  private readonly taken = new Map<LinkToken, number>();
  private takenOfAll = 0;
  private takenSince = -Infinity;

  constructor(private readonly parts: ReceiptWaysParts) {}

  /** The link with the author; else the one that was found when the link was gone that the log has come by; else that. */
  to(conversation: ConversationId, author: DeviceId): LinkToken | undefined {
    const search = this.searches.get(logName(conversation, author));
    const nearer = search?.isOld === true ? search.way : this.parts.tree.cameBy(conversation, author);
    const way = this.linkTo(conversation, author)?.link ?? nearer;
    return way !== undefined && this.stands(way, conversation) ? way : undefined;
  }

  /** When the way was found last that the log has not come by; steady, in milliseconds. */
  foundAt(conversation: ConversationId, author: DeviceId): number {
    return this.searches.get(logName(conversation, author))?.wayAt ?? -Infinity;
  }

  /** The link with the author itself, if there is one. */
  linkTo(conversation: ConversationId, author: DeviceId): { link: LinkToken; takes: boolean } | undefined {
    for (const [link, { device, takes }] of this.parts.links)
      if (device === author && this.parts.isShared(link, conversation)) return { link, takes };
    return undefined;
  }

  /** Where no way is known: links of the tree, and some others. @param below that receipts have come by: they lead back */
  guesses(conversation: ConversationId, below: ReadonlySet<LinkToken | undefined>): LinkToken[] {
    const branches = this.links(conversation, false);
    const beside = this.links(conversation, true).filter((link) => !branches.includes(link) && !below.has(link));
    return [...branches.filter((link) => !below.has(link)), ...beside.slice(-BESIDE_MAX)];
  }

  /** There is no way, or none that does not lead back. May be called at any time: it asks seldom. */
  seek(conversation: ConversationId, author: DeviceId, now: number): void {
    const search = this.of(conversation, author);
    if (!search) return;
    Object.assign(search, { way: undefined, isOld: true });
    if (now < search.againAt) return;
    const isWide = search.apartMs > ALONG_TREE_MS;
    search.againAt = now + search.apartMs;
    search.apartMs *= APART_FACTOR;
    this.ask(conversation, author, search, isWide, now);
  }

  /** @returns whether there is a way now, where there was none */
  hear(link: LinkToken, conversation: ConversationId, { author, step, seq }: Way, now: number): boolean {
    if (seq > this.held(conversation, author)) return false;
    if (step === 'found') return this.found(link, conversation, author, now);
    const known = this.searches.get(logName(conversation, author));
    if (this.answers(link, conversation, author, known, now)) {
      this.say([link], conversation, author, 'found');
      return false;
    }
    if (!(known && this.isUnderWay(known, now)) && !this.takes(link, now)) return false;
    const search = this.of(conversation, author);
    if (!search) return false;
    if (search.way === link) search.way = undefined;
    this.ask(conversation, author, search, step === 'ask_all', now, link);
    return false;
  }

  /** Entries of the author have come: the link that brought them is nearer. */
  renewed(conversation: ConversationId, author: DeviceId): void {
    this.searches.delete(logName(conversation, author));
  }

  down(link: LinkToken): void {
    this.taken.delete(link);
    for (const search of this.searches.values()) {
      search.waiting.delete(link);
      if (search.way === link) search.way = undefined;
    }
  }

  expire(now: number): void {
    for (const [name, { askedAt }] of this.searches) if (now - askedAt > KNOWN_MS) this.searches.delete(name);
  }

  close(): void {
    this.searches.clear();
    this.taken.clear();
  }

  /** What was found a while ago may lead back to who asks: only a link of the author answers then. */
  private answers(
    link: LinkToken,
    conversation: ConversationId,
    author: DeviceId,
    search: Search | undefined,
    now: number,
  ): boolean {
    if (this.linkTo(conversation, author)?.takes === true) return true;
    return search !== undefined && isAnswered(search) && search.way !== link && this.isUnderWay(search, now);
  }

  /** @param isWide not only those of the tree */
  private links(conversation: ConversationId, isWide: boolean): LinkToken[] {
    const links = isWide ? [...this.parts.links.keys()] : this.parts.tree.branches(conversation);
    return links.filter((link) => this.stands(link, conversation));
  }

  private stands(link: LinkToken, conversation: ConversationId): boolean {
    return this.parts.links.get(link)?.takes === true && this.parts.isShared(link, conversation);
  }

  private held(conversation: ConversationId, author: DeviceId): number {
    return this.parts.log.durable(conversation).get(author) ?? 0;
  }

  private isUnderWay({ askedAt }: Search, now: number): boolean {
    return now - askedAt < ASKED_MS;
  }

  private ask(
    conversation: ConversationId,
    author: DeviceId,
    search: Search,
    isWide: boolean,
    now: number,
    from?: LinkToken,
  ): void {
    const isUnderWay = this.isUnderWay(search, now);
    // Who waited for the question before has asked again by now, or has a way.
    if (!isUnderWay) search.waiting.clear();
    if (from !== undefined) search.waiting.add(from);
    if (isUnderWay && (search.isWide || !isWide)) return;
    Object.assign(search, { askedAt: now, isWide });
    const links = this.links(conversation, isWide).filter((link) => !search.waiting.has(link));
    this.say(links, conversation, author, isWide ? 'ask_all' : 'ask');
  }

  private found(link: LinkToken, conversation: ConversationId, author: DeviceId, now: number): boolean {
    const search = this.searches.get(logName(conversation, author));
    // The first answer came the shortest way; one that nobody has asked for is none.
    if (!search || isAnswered(search) || !this.isUnderWay(search, now)) return false;
    Object.assign(search, { way: link, wayAt: now, isOld: true });
    search.waiting.delete(link);
    // Some of them may have left the channel meanwhile.
    const waiting = [...search.waiting].filter((other) => this.stands(other, conversation));
    this.say(waiting, conversation, author, 'found');
    search.waiting.clear();
    return true;
  }

  private say(links: readonly LinkToken[], conversation: ConversationId, author: DeviceId, step: Way['step']): void {
    const parts = conversationParts(conversation);
    const seq = this.held(conversation, author);
    if (parts?.kind !== 'channel' || seq === 0) return;
    for (const link of links) this.parts.send(link, { type: 'way', channel: parts.channel, author, step, seq });
  }

  /** A question of one link becomes one on each link of each peer: so many are passed on, and no more. */
  private takes(link: LinkToken, now: number): boolean {
    if (now - this.takenSince > TAKEN.inMs) {
      this.takenSince = now;
      this.takenOfAll = 0;
      this.taken.clear();
    }
    const ofLink = this.taken.get(link) ?? 0;
    if (ofLink >= TAKEN.ofLink || this.takenOfAll >= TAKEN.ofAll) return false;
    this.taken.set(link, ofLink + 1);
    this.takenOfAll++;
    return true;
  }

  private of(conversation: ConversationId, author: DeviceId): Search | undefined {
    const name = logName(conversation, author);
    let search = this.searches.get(name);
    if (!search && this.searches.size < SEARCHES_MAX) {
      search = {
        askedAt: -Infinity,
        isWide: false,
        isOld: false,
        wayAt: -Infinity,
        againAt: -Infinity,
        apartMs: FIRST_APART_MS,
        waiting: new Set(),
      };
      this.searches.set(name, search);
    }
    return search;
  }
}

/** The latest question is. */
function isAnswered({ way, wayAt, askedAt }: Search): boolean {
  return way !== undefined && wayAt >= askedAt;
}
