/**
 * What runs once this device is certified: log, mesh, links, and what the doors see of them. The parts are made here and
 * told of each other here; none of them knows the whole.
 */
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import {
  otherParty,
  sameUser,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type EntryId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import { readDeviceCertificate } from '../identity/certificate.js';
import type { Link, LinkEvents } from '../link/types.js';
import { DurableHeads } from '../log/heads.js';
import { Keyring, type CheckedCertificate, type Former } from '../log/keyring.js';
import { Log as EntryLog } from '../log/log.js';
import { logStorage } from '../log/storage.js';
import { coreMailbox } from '../mailbox/for-core.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import { durableLog, meshLog } from '../mesh/local-log.js';
import { Mesh } from '../mesh/mesh.js';
import { waitingUsers } from '../mesh/waiting.js';
import type { PostRequest, Writer } from '../services.js';
import { ConversationBook } from './conversations.js';
import { Delivery } from './delivery.js';
import { Forks } from './forks.js';
import { FreeSpace } from './free-space.js';
import { Members, storedChannels } from './membership.js';
import type { CoreOptions } from './options.js';
import { BlockFilter } from './block-filter.js';
import { Social } from './social.js';
import { Troubles } from './troubles.js';

/** Errors by which a link ends over an entry that cannot be what its author wrote. */
const REFUSED_ENTRY: ReadonlySet<string> = new Set(['bad_entry', 'bad_entry_id', 'bad_signature', 'broken_chain']);

export class Core implements Writer, Pick<LinkEvents, 'up' | 'messages' | 'drain'> {
  readonly book: ConversationBook;
  readonly members: Members;
  readonly mail: Mailbox;
  readonly social: Social;
  private readonly keyring: Keyring;
  private readonly heads: DurableHeads;
  private readonly forks: Forks;
  private readonly log: EntryLog;
  private readonly mesh: Mesh;
  private readonly delivery: Delivery;
  private readonly troubles: Troubles;
  private readonly space: FreeSpace;

  constructor(private readonly options: CoreOptions) {
    const { identity, store, events, clock, logger } = options;
    const { username, device } = identity;
    const soon = (callback: () => void): void => void setImmediate(callback);
    this.troubles = new Troubles({ ...options, device, hasRoom: () => store.hasRoom() });
    const storage = logStorage(store, () => clock.now());
    const check = (pem: string): CheckedCertificate => {
      if (!identity.authority) throw new ParleyError('certificate_unknown');
      return readDeviceCertificate(pem, identity.authority);
    };
    const former = (of: DeviceId): Former | undefined => identity.formers[store.certificates.eraOf(of)];
    this.keyring = new Keyring(identity.privateKey, store.certificates, check, options.revokedAt, former);
    this.certificateRenewed();
    this.heads = new DurableHeads(storage.ends());
    const channels = storedChannels(store.conversations.opened());
    const { heads: reached } = this;
    const inMailbox = (id: ConversationId): ReturnType<Mailbox['state']> => this.mail.state(id);
    this.delivery = new Delivery({ ...options, username, device, channels, heads: reached, inMailbox });
    const { receipts, pending } = this.delivery;
    this.mail = this.makeMailbox(channels, check);
    this.book = new ConversationBook({
      username,
      device,
      store,
      receipts,
      pending: (id) => pending.text(id),
      marked: (id) => this.delivery.marked(id),
      events,
      isKnown: options.isKnown,
      notify: options.notifyOf,
      seen: new BlockFilter(store, options.blocks),
      silent: options.silent,
      silentUsers: options.silentUsers,
    });
    this.social = new Social({
      ...options,
      self: identity,
      channels,
      writer: this,
      isOpen: (id) => this.book.has(id),
      authors: (id) => reached.durable(id).keys(),
    });
    for (const channel of channels) this.book.open(`#${channel}` as ConversationId);
    this.delivery.start(this.book.ids());
    this.forks = new Forks({
      ...options.forks,
      held: (conversation, author) => reached.durable(conversation).get(author) ?? 0,
      tell: (conversation, forked) => this.troubles.forked(conversation, forked),
      mesh: () => this.mesh,
    });
    this.log = new EntryLog({
      ...{ username, device, storage },
      keys: this.keyring,
      clock: { now: () => clock.now(), soon },
      out: {
        added: (conversation, entries, own, client) => this.added(conversation, entries, own, client),
        durable: (advance) => {
          this.heads.advance(advance);
          this.delivery.durable(advance);
          this.mesh.durable(advance);
          this.mail.durable(advance);
        },
        forked: (...fork) => this.forks.found(...fork),
        setBack: (conversation, author) => this.mesh.setBack(conversation, author),
        unproven: (link, author) =>
          link < 0 ? this.mail.refused(link, 'unknown_device') : this.mesh.unproven(link, author),
        storage: (error) => {
          if (error) this.mail.storageFailed();
          this.troubles.storage(error);
        },
      },
      // Links have positive tokens, letters negative ones.
      refuse: (link, code) => (link < 0 ? this.mail.refused(link, code) : this.mesh.refuse(link, code)),
      refusal: options.refusal,
      held: ({ from, conversation }) => this.troubles.tooFast(from, conversation),
      rates: options.rates,
      declines: (author) => this.declines(author),
    });
    this.space = new FreeSpace({
      look: options.space ?? (() => store.space()),
      changed: (low) => {
        this.troubles.diskLow(low);
        this.mesh.reconsider();
      },
      timers: {
        setTimeout: (run, ms) => setTimeout(run, ms).unref(),
        clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
      },
    });
    const { log, heads, keyring } = this;
    this.mesh = new Mesh({
      username,
      device,
      channels,
      log: meshLog(log, heads, { knows: (by) => keyring.knows(by), isFormer: (by) => former(by) !== undefined }),
      senderLog: durableLog(heads, store.entries, (author) => keyring.pems(author).reverse()),
      addCertificate: (pem) => this.addCertificate(pem),
      clock: { now: () => clock.now(), soon },
      timers: {
        setInterval: (run, ms) => setInterval(run, ms),
        clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
      },
      receipt: (conversation, holder, user, seq) => {
        this.delivery.held(conversation, holder, user, seq);
        this.mail.receipt(conversation);
      },
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
    this.mail.start();
    void this.space.look();
  }

  append(post: PostRequest): Promise<Entry> {
    const written = this.options.firstWrite.pass(() => this.log.append(post));
    const other = otherParty(post.conversation, this.options.identity.username);
    if (other !== undefined && !this.delivery.isLinked(other)) this.options.wanted(other as string as Username);
    return written;
  }

  up(link: Link): void {
    this.mesh.up(link);
    this.delivery.up(link);
    this.social.up(link);
    this.mail.links();
  }

  /** @param why as `DownReason` says */
  down(link: Link, why?: string): void {
    // Either side refused what the other sent. If it was ours, our disk has spoilt it.
    if (why !== undefined && REFUSED_ENTRY.has(why)) this.options.store.suspect();
    this.mesh.down(link);
    this.delivery.down(link);
    this.social.down(link);
    this.mail.links();
  }

  /** Users whom our direct messages wait for. */
  waiting(): Set<UserKey> {
    return waitingUsers(this.options.identity, this.heads, (id, user) => this.delivery.receipts.delivered(id, user));
  }

  messages(link: Link, messages: Parameters<Mesh['messages']>[1]): void {
    this.mesh.messages(link, messages);
    const from = { link: link.id, remote: link.remote.device };
    for (const message of messages) if (message.type === 'have') this.forks.heard(from, message.conversations);
    this.delivery.messages(link, messages);
    this.social.messages(link, messages);
  }

  /** Checks a certificate against the CA, and keeps it. @throws ParleyError certificate_unknown */
  addCertificate(pem: string): void {
    this.options.seen(this.keyring.add(pem));
  }

  /** The devices that count for a user are others now. */
  devicesChanged(username: Username): void {
    this.delivery.devicesChanged(username);
  }

  /** The user has chosen anew whom they want to hear. */
  chosen(user: UserKey): void {
    this.book.chosen(user);
    this.social.statuses.changed();
    this.mesh.reconsider();
  }

  drain(link: Link): void {
    this.mesh.drain(link);
  }

  /** The identity has a new certificate: others are given it before our next entries. */
  certificateRenewed(): void {
    const { certificatePem } = this.options.identity;
    if (certificatePem !== undefined) this.addCertificate(certificatePem);
  }

  /** Tells those who are linked of the renewed certificate. */
  announceCertificate(): void {
    this.certificateRenewed();
    this.mesh.certificateRenewed();
  }

  close(): void {
    this.mesh.close();
    this.delivery.close();
    this.social.close();
    this.troubles.close();
    this.space.close();
  }

  private declines(author: Username): boolean {
    const { identity, social } = this.options;
    return !sameUser(author, identity.username) && (this.space.isLow || social.blocked(userKey(author)));
  }

  private makeMailbox(channels: ReadonlySet<ChannelName>, check: (pem: string) => CheckedCertificate): Mailbox {
    const { options, heads, keyring, delivery } = this;
    return coreMailbox({
      ...options,
      ...options.mail,
      channels,
      heads,
      keyring,
      log: () => this.log,
      mesh: () => this.mesh,
      receipts: delivery.receipts,
      certificates: { check, add: (pem) => this.addCertificate(pem) },
      revoked: (device) => options.revokedAt(device) !== undefined,
      changed: (conversation) => delivery.pending.look(conversation),
    });
  }

  private added(
    conversation: ConversationId,
    entries: readonly Entry[],
    own: boolean,
    client: ReadonlyMap<EntryId, string>,
  ): void {
    const { events, store } = this.options;
    const effects = store.relations.effects(entries);
    this.book.added(conversation, entries, effects);
    // Others first: what the browser is told takes longer than the way to the kernel.
    if (own) this.mesh.own(conversation, entries);
    if (own) this.delivery.wrote(conversation, entries);
    if (own) this.troubles.ahead(conversation, () => this.log.ahead(conversation));
    else this.space.wrote();
    this.social.added(conversation, entries, own);
    events.emit('entries', { conversation, entries, client, awaited: effects.awaited });
    if (effects.changed.length > 0) events.emit('changed', { conversation, ids: effects.changed });
    events.emit('conversation', conversation);
  }
}
