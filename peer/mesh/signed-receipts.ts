/**
 * Receipts of a large channel, from devices that are not linked with the author (SPEC.md section 5): each device signs what it holds, and
 * its receipts go back the way that the entries came, checked by everybody who passes them on. A machine without clock.
 */
import {
  channelConversation,
  conversationParts,
  sameUser,
  type ConversationId,
  type DeviceId,
} from '../../protocol/ids.js';
import {
  receiptId,
  RECEIPT_LOGS_MAX,
  RECEIPTS_MAX,
  type SignedReceipt,
  type SignedReceipts,
  type Way,
} from '../../protocol/receipt-messages.js';
import { ARRIVED, KeptReceipts, type Kept, type LogReceipts } from './kept-receipts.js';
import type { HeadsByConversation, LinkToken } from './ports.js';
import type { Held, ReceiptRelayOptions } from './receipt-options.js';
import { ReceiptWays } from './receipt-ways.js';

/** One receipt tells of many entries: so long it waits. Milliseconds. */
const SAY_AFTER_MS = 3_000;
/** From one receipt of a device to its next one for the same author. */
const SAY_APART_MS = 15_000;
/** Signed at a time: whoever has caught up with a channel owes a receipt for each of its logs. */
const SIGNED_AT_ONCE = 32;
/** What is passed on waits for receipts of others. */
const PASS_AFTER_MS = 500;
/** From one receipt of a device that is passed on to its next one for the same author: who says it more often waits. */
const PASS_APART_MS = 10_000;
/** What found no way, or has to wait, is tried again. */
const AGAIN_MS = 2_000;
/** Receipts of one link that are being checked: those of a channel at once. */
const CHECKED_MAX = RECEIPT_LOGS_MAX;

/** One end of it. */
interface End {
  readonly device: DeviceId;
  /** Whether it takes receipts: earlier versions do not. */
  readonly takes: boolean;
  /** How many of what it brought are being checked. */
  checking: number;
}

export class ReceiptRelay {
  private readonly kept = new KeptReceipts();
  /** For which our own is to be said, and when. */
  private readonly due = new Map<LogReceipts, number>();
  private readonly links = new Map<LinkToken, End>();
  private readonly ways: ReceiptWays;
  /** Of our own log, not told yet: hundreds come one by one, and each change is told to every window with all that is known. */
  private news: { readonly conversation: ConversationId; readonly held: Held }[] = [];
  /** When there is something to pass on. */
  private passAt: number | undefined;

  constructor(private readonly options: ReceiptRelayOptions) {
    this.ways = new ReceiptWays({ ...options, links: this.links });
  }

  up(link: LinkToken, device: DeviceId, takes: boolean): void {
    this.links.set(link, { device, takes, checking: 0 });
    // What had no way may have one now.
    if (this.kept.size > 0) this.passAt ??= 0;
  }

  down(link: LinkToken, now: number): void {
    if (!this.links.delete(link)) return;
    this.ways.down(link);
    // First: what was sent there long ago has been passed on.
    this.expire(now);
    this.kept.lost(link);
    if (this.kept.size > 0) this.passAt ??= 0;
  }

  close(): void {
    this.tell();
    this.links.clear();
    this.ways.close();
    this.kept.clear();
    this.due.clear();
  }

  /** Entries became durable here. */
  durable(advance: HeadsByConversation, now: number): void {
    const { tree, log, device, username, keys } = this.options;
    for (const [conversation, devices] of advance) {
      if (!tree.has(conversation) || log.durable(conversation).size > RECEIPT_LOGS_MAX) continue;
      for (const author of devices.keys()) {
        this.ways.renewed(conversation, author);
        const owner = author === device ? username : keys.owner(author);
        // What the user's own devices hold is a matter of theirs.
        if (owner === undefined || sameUser(owner, username)) continue;
        const receipts = this.kept.of(conversation, author);
        if (!this.due.has(receipts)) this.due.set(receipts, Math.max(now + SAY_AFTER_MS, receipts.said + SAY_APART_MS));
      }
    }
  }

  hear(link: LinkToken, { channel, author, receipts }: SignedReceipts, now: number): void {
    const { log, isShared, device: self } = this.options;
    const conversation = channelConversation(channel);
    if (!isShared(link, conversation)) return;
    // An author of an earlier version can be told by nobody.
    if (this.ways.linkTo(conversation, author)?.takes === false) return;
    const held = log.durable(conversation).get(author) ?? 0;
    for (const receipt of receipts) {
      const { device, seq } = receipt;
      // Who is asked to pass it on is nearer to the author, and so holds as much: more is made up.
      if (device === author || seq > held) continue;
      const known = this.kept.latest(conversation, author, device);
      if (known?.seq === seq) this.returned(link, conversation, author, known, now);
      else if (device !== self && seq > (known?.seq ?? 0)) this.check(link, conversation, author, receipt, now);
    }
  }

  hearWay(link: LinkToken, line: Way, now: number): void {
    const { isShared, soon } = this.options;
    const conversation = channelConversation(line.channel);
    if (this.links.get(link)?.takes !== true || !isShared(link, conversation)) return;
    if (!this.ways.hear(link, conversation, line, now)) return;
    this.kept.again(conversation, line.author);
    this.passAt ??= now;
    soon();
  }

  /** Signs and sends what is due. To be called a few times a second while `busy`. */
  tick(now: number): void {
    const due = [...this.due].filter(([, at]) => now >= at).slice(0, SIGNED_AT_ONCE);
    for (const [receipts] of due) this.say(receipts, now);
    if (this.passAt === undefined || now < this.passAt) return;
    this.passAt = undefined;
    this.tell();
    for (const receipts of this.kept.all()) this.passOn(receipts, now);
    this.expire(now);
    this.ways.expire(now);
  }

  /** Whether anything waits for time to pass. */
  get busy(): boolean {
    return this.passAt !== undefined || this.due.size > 0;
  }

  private check(
    link: LinkToken,
    conversation: ConversationId,
    author: DeviceId,
    { device, seq, sig }: SignedReceipt,
    now: number,
  ): void {
    const { keys, refuse } = this.options;
    const from = this.links.get(link);
    // Without a certificate that counts nothing can be checked, which is nobody's fault.
    if (!from?.takes || from.checking >= CHECKED_MAX || keys.owner(device) === undefined) return;
    if (!this.kept.hasRoom(from.device)) {
      // There is room again once what was passed on is forgotten.
      this.passAt ??= now + PASS_AFTER_MS;
      return;
    }
    from.checking++;
    keys.verify(device, receiptId(conversation, author, { device, seq }), sig, (isValid) => {
      from.checking--;
      // What it brought is brought by whoever it was told by, to the next link.
      if (!this.links.has(link)) return;
      if (isValid) this.take(conversation, author, { device, seq, sig, from: { link, device: from.device }, at: now });
      else refuse(link);
    });
  }

  private take(conversation: ConversationId, author: DeviceId, receipt: Kept): void {
    const { device: self, username, keys } = this.options;
    const { device, seq } = receipt;
    if (seq <= (this.kept.latest(conversation, author, device)?.seq ?? 0)) return;
    const isOurs = author === self;
    this.keep(this.kept.of(conversation, author), isOurs ? { ...receipt, sentTo: ARRIVED } : receipt);
    const owner = keys.owner(device);
    if (isOurs && owner !== undefined && !sameUser(owner, username))
      this.news.push({ conversation, held: { device, username: owner, seq } });
  }

  private tell(): void {
    const { news } = this;
    this.news = [];
    for (const { conversation, held } of news) this.options.heard(conversation, held);
  }

  private keep(log: LogReceipts, receipt: Kept): void {
    this.passAt ??= receipt.at + PASS_AFTER_MS;
    this.options.soon();
    const before = log.kept.get(receipt.device);
    const notBefore = before?.sentTo === undefined ? before?.notBefore : before.at + PASS_APART_MS;
    this.kept.keep(log, notBefore === undefined ? receipt : { ...receipt, notBefore });
  }

  private say(receipts: LogReceipts, now: number): void {
    const { device, log, keys } = this.options;
    const { conversation, author } = receipts;
    this.due.delete(receipts);
    const seq = log.durable(conversation).get(author) ?? 0;
    // Who is linked with the author has said it by `have`.
    if (seq === 0 || this.ways.linkTo(conversation, author) !== undefined) return;
    receipts.said = now;
    const sig = keys.sign(receiptId(conversation, author, { device, seq }));
    this.keep(receipts, { device, seq, sig, at: now });
  }

  private passOn({ conversation, author, kept }: LogReceipts, now: number): void {
    const parts = conversationParts(conversation);
    const waiting = [...kept.values()].filter(({ sentTo }) => sentTo === undefined);
    if (waiting.length === 0 || parts?.kind !== 'channel') return;
    const due = waiting.filter(({ notBefore = now }) => now >= notBefore);
    const way = this.ways.to(conversation, author);
    const below = (): Set<LinkToken | undefined> => new Set([...kept.values()].map(({ from }) => from?.link));
    const links = way === undefined ? this.ways.guesses(conversation, below()) : [way];
    // Without any link the next one says that there may be a way.
    if (due.length < waiting.length || (links.length === 0 && this.links.size > 0)) this.passAt ??= now + AGAIN_MS;
    if (links.length === 0) {
      this.ways.seek(conversation, author, now);
      return;
    }
    for (let i = 0; i < due.length; i += RECEIPTS_MAX) {
      const receipts = due.slice(i, i + RECEIPTS_MAX).map(({ device, seq, sig }) => ({ device, seq, sig }));
      for (const link of links) this.options.send(link, { type: 'receipts', channel: parts.channel, author, receipts });
    }
    for (const receipt of due) Object.assign(receipt, { sentTo: links[0], isGuess: way === undefined, at: now });
  }

  /**
   * A link has brought what was passed on already. If that was its way, or none was known, all that were tried lead back. If there is another
   * way since, the receipt has come round by the former one.
   */
  private returned(link: LinkToken, conversation: ConversationId, author: DeviceId, receipt: Kept, now: number): void {
    const { sentTo, isGuess, at } = receipt;
    if (sentTo === undefined || sentTo === ARRIVED) return;
    const way = this.ways.to(conversation, author);
    if (way === link || (way === undefined && isGuess === true)) {
      this.ways.seek(conversation, author, now);
      receipt.isGuess = true;
    } else if (way !== undefined && (way !== sentTo || this.ways.foundAt(conversation, author) > at)) {
      receipt.sentTo = undefined;
      this.passAt ??= now + PASS_AFTER_MS;
    }
  }

  private expire(now: number): void {
    this.kept.expire(now, (log) => this.due.has(log) || now - log.said <= SAY_APART_MS);
  }
}
