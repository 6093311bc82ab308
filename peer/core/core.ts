/**
 * What runs once this device is certified: log, mesh, links, and what the doors see of them. The parts are made here and
 * told of each other here; none of them knows the whole.
 */
import type { Entry } from '../../protocol/entry.js';
import { errorTable, ParleyError } from '../../protocol/errors.js';
import {
  otherParty,
  userKey,
  type ConversationId,
  type DeviceId,
  type EntryId,
  type Username,
} from '../../protocol/ids.js';
import type { Identity } from '../identity/identity.js';
import { readDeviceCertificate } from '../identity/certificate.js';
import type { Link, LinkEvents } from '../link/types.js';
import { DurableHeads } from '../log/heads.js';
import { Keyring } from '../log/keyring.js';
import { Log as EntryLog } from '../log/log.js';
import { logStorage } from '../log/storage.js';
import { Mesh } from '../mesh/mesh.js';
import type { PeerEmitter, PostRequest, Writer, Log } from '../services.js';
import type { Store } from '../store/store.js';
import { ConversationBook } from './conversations.js';
import { Members, storedChannels, type MembershipOptions } from './membership.js';
import { Receipts } from './receipts.js';

export interface CoreOptions {
  readonly identity: Identity;
  readonly store: Store;
  readonly events: PeerEmitter;
  readonly clock: { now(): number };
  readonly logger: Log;
  readonly tracker: MembershipOptions['tracker'];
  readonly isKnown: (username: Username) => boolean;
  /** A message waits for this user's devices, to none of which there is a link. */
  readonly wanted: (username: Username) => void;
  readonly notify: (notice: { id: string; level: 'warning' | 'error'; code: string; text: string }) => void;
  readonly dismiss: (id: string) => void;
}

/** Receipts are written this much behind; a crash in between costs nothing but a `have`. */
const SAVE_RECEIPTS_MS = 1_000;

export class Core implements Writer, Pick<LinkEvents, 'up' | 'messages' | 'drain' | 'down'> {
  readonly book: ConversationBook;
  readonly members: Members;
  private readonly keyring: Keyring;
  private readonly heads: DurableHeads;
  private readonly log: EntryLog;
  private readonly mesh: Mesh;
  private readonly receipts: Receipts;
  private readonly linkedUsers = new Map<string, number>();
  private saving: NodeJS.Timeout | undefined;

  constructor(private readonly options: CoreOptions) {
    const { identity, store, events, clock, logger } = options;
    const { username, device } = identity;
    const soon = (callback: () => void): void => void setImmediate(callback);
    const storage = logStorage(store, () => clock.now());
    this.keyring = new Keyring(identity.privateKey, store.certificates, (pem) => {
      if (!identity.authority) throw new ParleyError('certificate_unknown');
      return readDeviceCertificate(pem, identity.authority);
    });
    this.certificateRenewed();
    this.heads = new DurableHeads(storage.ends());
    this.receipts = new Receipts(store.conversations, (conversation) => {
      events.emit('receipts', { conversation });
      this.saving ??= setTimeout(() => this.saveReceipts(), SAVE_RECEIPTS_MS).unref();
    });
    this.book = new ConversationBook({
      username,
      device,
      store,
      receipts: this.receipts,
      events,
      isKnown: options.isKnown,
    });
    const channels = storedChannels(store.conversations.opened());
    for (const channel of channels) this.book.open(`#${channel}` as ConversationId);
    this.log = new EntryLog({
      username,
      device,
      storage,
      keys: this.keyring,
      clock: { now: () => clock.now(), soon },
      out: {
        added: (conversation, entries, own, client) => this.added(conversation, entries, own, client),
        durable: (advance) => {
          this.heads.advance(advance);
          this.mesh.durable(advance);
        },
        forked: (conversation, forked) => this.forked(conversation, forked),
        storage: (error) => this.storage(error),
      },
      refuse: (link, code) => this.mesh.refuse(link, code),
    });
    const { log, heads, keyring } = this;
    this.mesh = new Mesh({
      username,
      device,
      channels,
      log: {
        receive: (link, entries) => log.receive(link, entries),
        linkDown: (link) => log.linkDown(link),
        ownTail: (conversation, seq) => log.ownTail(conversation, seq),
        seq: (conversation, author) => log.seq(conversation, author),
        durable: (conversation) => heads.durable(conversation),
        conversations: () => heads.conversations(),
        get backlog() {
          return log.backlog;
        },
      },
      senderLog: {
        range: (conversation, author, from, limit) => {
          const durable = heads.durable(conversation).get(author) ?? 0;
          return store.entries.range(conversation, author, from, Math.min(limit, durable - from + 1));
        },
        certificates: (author) => keyring.pems(author).reverse(),
      },
      addCertificate: (pem) => void keyring.add(pem),
      clock: { now: () => clock.now(), soon },
      timers: {
        setInterval: (run, ms) => setInterval(run, ms),
        clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
      },
      receipt: (conversation, holder, user, seq) => this.receipts.record(conversation, holder, user, seq),
      logger,
    });
    this.members = new Members({
      channels,
      book: this.book,
      writer: this,
      mesh: this.mesh,
      tracker: options.tracker,
      postponed: (channel, error) =>
        logger.info({ channel, err: error }, 'the tracker is told of this channel once it is back'),
    });
  }

  append(post: PostRequest): Promise<Entry> {
    const written = this.log.append(post);
    const other = otherParty(post.conversation, this.options.identity.username);
    if (other !== undefined && !this.linkedUsers.has(other)) this.options.wanted(other as string as Username);
    return written;
  }

  up(link: Link): void {
    const key = userKey(link.remote.username);
    this.linkedUsers.set(key, (this.linkedUsers.get(key) ?? 0) + 1);
    this.mesh.up(link);
  }

  down(link: Link): void {
    const key = userKey(link.remote.username);
    const left = (this.linkedUsers.get(key) ?? 1) - 1;
    if (left > 0) this.linkedUsers.set(key, left);
    else this.linkedUsers.delete(key);
    this.mesh.down(link);
  }

  messages(link: Link, messages: Parameters<Mesh['messages']>[1]): void {
    this.mesh.messages(link, messages);
  }

  drain(link: Link): void {
    this.mesh.drain(link);
  }

  /** The identity has a new certificate: others are given it before our next entries. */
  certificateRenewed(): void {
    const { certificatePem } = this.options.identity;
    if (certificatePem !== undefined) this.keyring.add(certificatePem);
  }

  /** Tells those who are linked of the renewed certificate. */
  announceCertificate(): void {
    this.certificateRenewed();
    this.mesh.certificateRenewed();
  }

  close(): void {
    this.mesh.close();
    clearTimeout(this.saving);
    this.saveReceipts();
  }

  private added(
    conversation: ConversationId,
    entries: readonly Entry[],
    own: boolean,
    client: ReadonlyMap<EntryId, string>,
  ): void {
    const { events } = this.options;
    this.book.added(conversation, entries);
    // Others first: what the browser is told takes longer than the way to the kernel.
    if (own) this.mesh.own(conversation, entries);
    events.emit('entries', { conversation, entries, client });
    events.emit('conversation', conversation);
  }

  private saveReceipts(): void {
    this.saving = undefined;
    if (!this.receipts.dirty) return;
    try {
      this.options.store.entries.transaction(() => this.receipts.save());
    } catch (error) {
      this.options.logger.warn({ err: error }, 'receipts could not be saved; they are told again by the others');
    }
  }

  private forked(conversation: ConversationId, device: DeviceId): void {
    const { identity, notify, logger } = this.options;
    logger.error({ conversation, device }, 'two different entries claim one place in a log; the first one stands');
    const own = device === identity.device;
    notify({
      id: `fork:${device}:${conversation}`,
      level: 'error',
      code: 'forked',
      text: own
        ? `Others hold different messages of this device in ${conversation}: it was probably restored from an old copy. ` +
          'Start it with a new --data-dir; your history comes back from the others.'
        : `A device in ${conversation} has sent two different messages in one place: it was probably restored from an old ` +
          'copy. The first one is shown. Its user should set it up anew.',
    });
  }

  private storage(error: Error | undefined): void {
    const { notify, dismiss, logger } = this.options;
    if (!error) {
      dismiss('storage');
      return;
    }
    logger.error({ err: error }, 'the history cannot be written');
    const full = error instanceof ParleyError && error.code === 'storage_full';
    const text = full
      ? errorTable.storage_full.message
      : 'The history cannot be written. Check the disk, then start this peer again.';
    notify({ id: 'storage', level: 'error', code: full ? 'storage_full' : 'storage_failed', text });
  }
}
