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
  type Username,
} from '../../protocol/ids.js';
import {
  receiptId,
  RECEIPT_LOGS_MAX,
  RECEIPTS_MAX,
  type SignedReceipt,
  type SignedReceipts,
} from '../../protocol/receipt-messages.js';
import type { LogKeys } from '../log/ports.js';
import { ARRIVED, KeptReceipts, type Kept, type LogReceipts } from './kept-receipts.js';
import type { HeadsByConversation, LinkToken, LogHeads } from './ports.js';

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
/** Where the link is gone that a log came by, so many links outside of the tree are tried besides those of it. */
const BESIDE_MAX = 3;
/** Receipts of one link that are being checked: those of a channel at once. */
const CHECKED_MAX = RECEIPT_LOGS_MAX;

/** What a device of another user holds of our own log. */
export interface Held {
  readonly device: DeviceId;
  readonly username: Username;
  readonly seq: number;
}

export interface SignedReceiptParts {
  readonly keys: Pick<LogKeys, 'sign' | 'verify'> & {
    /** Whose device it is; undefined for one without a certificate, or whose word does not count any more. */
    owner(device: DeviceId): Username | undefined;
  };
  readonly heard: (conversation: ConversationId, held: Held) => void;
}

export interface ReceiptRelayOptions extends SignedReceiptParts {
  readonly username: Username;
  readonly device: DeviceId;
  readonly log: Pick<LogHeads, 'durable'>;
  readonly tree: {
    has(conversation: ConversationId): boolean;
    /** The link over which a log has come, as far as is known. */
    cameBy(conversation: ConversationId, device: DeviceId): LinkToken | undefined;
    /** Links that entries of others come by. */
    branches(conversation: ConversationId): readonly LinkToken[];
  };
  /** Whether both sides of a link are in the channel. */
  readonly isShared: (link: LinkToken, conversation: ConversationId) => boolean;
  /** Sends the certificates of devices that the link was not sent yet, and then the line. */
  readonly send: (link: LinkToken, line: SignedReceipts) => void;
  /** The link has brought what its device has not signed. */
  readonly refuse: (link: LinkToken) => void;
  /** Something waits for time to pass that did not before: what was checked is there outside of any call. */
  readonly soon: () => void;
}

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
  /** When there is something to pass on. */
  private passAt: number | undefined;

  constructor(private readonly options: ReceiptRelayOptions) {}

  up(link: LinkToken, device: DeviceId, takes: boolean): void {
    this.links.set(link, { device, takes, checking: 0 });
    // What had no way may have one now.
    if (this.kept.size > 0) this.passAt ??= 0;
  }

  down(link: LinkToken, now: number): void {
    if (!this.links.delete(link)) return;
    // First: what was sent there long ago has been passed on.
    this.expire(now);
    this.kept.lost(link);
    if (this.kept.size > 0) this.passAt ??= 0;
  }

  close(): void {
    this.links.clear();
    this.kept.clear();
    this.due.clear();
  }

  /** Entries became durable here. */
  durable(advance: HeadsByConversation, now: number): void {
    const { tree, log, device, username, keys } = this.options;
    for (const [conversation, devices] of advance) {
      if (!tree.has(conversation) || log.durable(conversation).size > RECEIPT_LOGS_MAX) continue;
      for (const author of devices.keys()) {
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
    if (this.linkTo(conversation, author)?.takes === false) return;
    const held = log.durable(conversation).get(author) ?? 0;
    for (const receipt of receipts) {
      const { device, seq } = receipt;
      // Who is asked to pass it on is nearer to the author, and so holds as much: more is made up.
      if (device === self || device === author || seq > held) continue;
      if (seq > this.kept.heldBy(conversation, author, device)) this.check(link, conversation, author, receipt, now);
    }
  }

  /** Signs and sends what is due. To be called a few times a second while `busy`. */
  tick(now: number): void {
    const due = [...this.due].filter(([, at]) => now >= at).slice(0, SIGNED_AT_ONCE);
    for (const [receipts] of due) this.say(receipts, now);
    if (this.passAt === undefined || now < this.passAt) return;
    this.passAt = undefined;
    for (const receipts of this.kept.all()) this.passOn(receipts, now);
    this.expire(now);
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
    const { device: self, username, keys, heard } = this.options;
    const { device, seq } = receipt;
    if (seq <= this.kept.heldBy(conversation, author, device)) return;
    const isOurs = author === self;
    this.keep(this.kept.of(conversation, author), isOurs ? { ...receipt, sentTo: ARRIVED } : receipt);
    const owner = keys.owner(device);
    if (isOurs && owner !== undefined && !sameUser(owner, username))
      heard(conversation, { device, username: owner, seq });
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
    if (seq === 0 || this.linkTo(conversation, author) !== undefined) return;
    receipts.said = now;
    const sig = keys.sign(receiptId(conversation, author, { device, seq }));
    this.keep(receipts, { device, seq, sig, at: now });
  }

  private passOn({ conversation, author, kept }: LogReceipts, now: number): void {
    const parts = conversationParts(conversation);
    const waiting = [...kept.values()].filter(({ sentTo }) => sentTo === undefined);
    if (waiting.length === 0 || parts?.kind !== 'channel') return;
    const due = waiting.filter(({ notBefore = now }) => now >= notBefore);
    const links = this.waysTo(conversation, author, kept);
    // Without any link the next one says that there may be a way.
    if (due.length < waiting.length || (links.length === 0 && this.links.size > 0)) this.passAt ??= now + AGAIN_MS;
    if (links.length === 0) return;
    for (let i = 0; i < due.length; i += RECEIPTS_MAX) {
      const receipts = due.slice(i, i + RECEIPTS_MAX).map(({ device, seq, sig }) => ({ device, seq, sig }));
      for (const link of links) this.options.send(link, { type: 'receipts', channel: parts.channel, author, receipts });
    }
    for (const receipt of due) Object.assign(receipt, { sentTo: links[0], at: now });
  }

  /**
   * The link with the author; else the one that its log has come by. Where that is gone, those of the tree, and some others, that no receipt
   * has come by: some of them may have the log from here, by others, and lead back to those who pass on nothing twice.
   */
  private waysTo(conversation: ConversationId, author: DeviceId, kept: LogReceipts['kept']): LinkToken[] {
    const { tree, isShared } = this.options;
    const stands = (link: LinkToken): boolean => this.links.get(link)?.takes === true && isShared(link, conversation);
    const way = this.linkTo(conversation, author)?.link ?? tree.cameBy(conversation, author);
    if (way !== undefined && stands(way)) return [way];
    const below = new Set([...kept.values()].map(({ from }) => from?.link));
    const others = [...this.links.keys()].filter((link) => stands(link) && !below.has(link));
    const branches = new Set(tree.branches(conversation));
    const beside = others.filter((link) => !branches.has(link));
    return [...others.filter((link) => branches.has(link)), ...beside.slice(-BESIDE_MAX)];
  }

  private expire(now: number): void {
    this.kept.expire(now, (log) => this.due.has(log) || now - log.said <= SAY_APART_MS);
  }

  /** The link with the author itself, if there is one. */
  private linkTo(conversation: ConversationId, author: DeviceId): { link: LinkToken; takes: boolean } | undefined {
    for (const [link, { device, takes }] of this.links)
      if (device === author && this.options.isShared(link, conversation)) return { link, takes };
    return undefined;
  }
}
