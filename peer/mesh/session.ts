/** One link's traffic: what comes in goes to the log and the sync machine, what is to be sent is streamed by its sender. */
import type { Entry } from '../../protocol/entry.js';
import { errorTable, isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import { sameUser, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { mayBePruned } from '../../protocol/pruned.js';
import type { SignedReceipts } from '../../protocol/receipt-messages.js';
import type { Log } from '../services.js';
import type { EntryCodec } from './codec.js';
import type { HeadsByConversation, LinkToken } from './ports.js';
import type { ReceiptRelay } from './signed-receipts.js';
import { Sender, type SenderLink, type SenderLog } from './sender.js';
import type { Sync } from './sync.js';

/** What a session needs of a link. */
export interface SessionLink extends SenderLink {
  readonly id: LinkToken;
  readonly remote: { readonly username: string; readonly device: DeviceId };
  send(message: LinkMessage): void;
  close(code?: ErrorCode): void;
  pause(): void;
  resume(): void;
}

export interface SessionParts {
  readonly sync: Sync;
  readonly receipts: Pick<ReceiptRelay, 'hear' | 'hearWay'>;
  readonly log: { receive(link: LinkToken, entries: readonly Entry[]): void };
  readonly senderLog: SenderLog;
  readonly addCertificate: (pem: string) => void;
  /** Whether the other side may be given it. */
  readonly gives?: (entry: Entry) => boolean;
  readonly now: () => number;
  readonly codec: EntryCodec;
  readonly logger: Log;
}

/** Logs and conversations in one `have`; the line stays far below its limit. */
const HAVE_NAMES_MAX = 2_000;

export class Session {
  readonly sender: Sender;

  constructor(
    readonly link: SessionLink,
    private readonly parts: SessionParts,
  ) {
    this.sender = new Sender(link, parts.senderLog, parts.codec, parts.gives);
  }

  /** Messages of one chunk, in their order. Never throws: what the other side did wrong ends or warns this link alone. */
  receive(messages: readonly LinkMessage[]): void {
    let entries: Entry[] = [];
    const { codec, logger } = this.parts;
    const told = new Set<ErrorCode>();
    for (const message of messages) {
      try {
        if (message.type === 'chat' || message.type === 'broadcast') {
          entries.push(this.entry(codec.entry(message)));
          continue;
        }
        this.pass(entries);
        entries = [];
        this.handle(message);
      } catch (error) {
        if (!isParleyError(error)) throw error;
        const { code } = error;
        // What else is in the chunk is good all the same: an entry of a channel just left is nobody's fault.
        if (told.has(code)) continue;
        told.add(code);
        logger.warn({ link: this.link.id, peer: this.link.remote.username, code }, error.message);
        this.refuse(code);
        if (isFatal(code)) break;
      }
    }
    this.pass(entries);
  }

  private pass(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const { sync, log, now } = this.parts;
    sync.arrivals.came(this.link.id, entries, now());
    log.receive(this.link.id, entries);
  }

  /** Says what was wrong; closes when nothing good can follow. */
  refuse(code: ErrorCode): void {
    if (isFatal(code)) this.link.close(code);
    else this.link.send({ type: 'error', code, message: errorTable[code].message, fatal: false });
  }

  /** A `have` of any size, in lines of bounded length; only the last one of the first account says `complete`. */
  have(heads: HeadsByConversation, complete: boolean): void {
    let part: Record<ConversationId, Record<DeviceId, number>> = {};
    let names = 0;
    for (const [conversation, devices] of heads) {
      part[conversation] = {};
      for (const [device, seq] of devices) {
        (part[conversation] ??= {})[device] = seq;
        if (++names < HAVE_NAMES_MAX) continue;
        this.link.send({ type: 'have', conversations: part });
        part = {};
        names = 0;
      }
      if (++names < HAVE_NAMES_MAX) continue;
      this.link.send({ type: 'have', conversations: part });
      part = {};
      names = 0;
    }
    if (complete) this.link.send({ type: 'have', conversations: part, complete: true });
    else if (Object.keys(part).length > 0) this.link.send({ type: 'have', conversations: part });
  }

  /** With the certificates of those who have signed: whoever has never written is known by nobody but its links. */
  receipts(line: SignedReceipts): void {
    for (const { device } of line.receipts) this.sender.introduce(device);
    this.link.send(line);
  }

  private entry(entry: Entry): Entry {
    if (!this.parts.sync.isSharedOn(this.link.id, entry.conversation)) throw new ParleyError('not_served');
    const { from, time, pruned } = entry;
    // Whoever else has it may have the content as well; and of what is new, nobody has forgotten anything.
    const isOwn = !pruned || sameUser(this.link.remote.username as Username, from);
    if (!isOwn || (pruned && !mayBePruned(Date.parse(time), this.parts.now()))) throw new ParleyError('not_served');
    return entry;
  }

  /** One that cannot be checked here, of another authority than ours, is nobody's fault, and says nothing of the next. */
  private take(pem: string): void {
    try {
      this.parts.addCertificate(pem);
    } catch (error) {
      if (!isParleyError(error)) throw error;
      this.parts.logger.debug({ link: this.link.id, code: error.code }, 'an author’s certificate is passed over');
    }
  }

  private handle(message: LinkMessage): void {
    const { sync, receipts, now, logger } = this.parts;
    const { id } = this.link;
    switch (message.type) {
      case 'have':
        sync.have(id, headsOf(message.conversations), message.complete === true, now());
        break;
      case 'ranges':
        sync.ranges(id, message, now());
        break;
      case 'want':
        sync.want(id, message.conversation, message.device, message.from, message.to);
        break;
      case 'pruned':
        sync.asking.pruned(id, message.conversation, message.device, message.upTo, now());
        break;
      case 'devices':
        for (const pem of message.certificates) this.take(pem);
        break;
      case 'joined':
        sync.theyJoined(id, message.channel, now());
        break;
      case 'left':
        sync.theyLeft(id, message.channel, now());
        break;
      case 'push':
        sync.tree.told(id, message.channel, message.what, now());
        break;
      case 'receipts':
        receipts.hear(id, message, now());
        break;
      case 'way':
        receipts.hearWay(id, message, now());
        break;
      case 'error':
        logger.warn(
          { link: id, peer: this.link.remote.username, code: message.code },
          `the other side says: ${message.message}`,
        );
        break;
      default:
        // What is true only now, keys and files are heard by others (peer/core/subscriptions.ts); the handshake and its signs of life are the link's own.
        break;
    }
  }
}

function headsOf(conversations: Record<ConversationId, Record<DeviceId, number>>): HeadsByConversation {
  const heads = new Map<ConversationId, ReadonlyMap<DeviceId, number>>();
  for (const [conversation, devices] of Object.entries(conversations) as [ConversationId, Record<DeviceId, number>][]) {
    heads.set(conversation, new Map(Object.entries(devices) as [DeviceId, number][]));
  }
  return heads;
}

function isFatal(code: ErrorCode): boolean {
  return (errorTable[code] as { fatal?: true }).fatal === true;
}
