/**
 * Everything that runs once a device is certified, made in one straight line, bottom to top: each part is given the parts
 * below it. What goes the other way are events (`internal-events.ts`), and `subscriptions.ts` says who hears them.
 */
import { join } from 'node:path';
import { type ChannelName, otherParty, type ConversationId, type EntryId, type Username } from '../../protocol/ids.js';
import { BesideMessages } from '../files/beside-messages.js';
import { FileService } from '../files/files.js';
import { Mover } from '../files/mover.js';
import { remembered } from '../files/recent.js';
import { isWithheld, shares } from '../mesh/sharing.js';
import { openMailbox } from '../mailbox/open-mailbox.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import { Accounts } from '../people/accounts.js';
import { Following } from '../people/following.js';
import { Directory } from '../people/directory.js';
import { ProfileBook } from '../people/profiles.js';
import { Topics } from '../people/topics.js';
import type { Writer } from '../services.js';
import { AccountApi } from '../tracker-client/account-api.js';
import { MailboxApi } from '../tracker-client/mailbox-api.js';
import { TopicApi } from '../tracker-client/topic-api.js';
import { UsersApi } from '../tracker-client/users-api.js';
import { AccountBook } from '../trust/account-book.js';
import { TrustBook } from '../trust/trust.js';
import { Connections } from './connections.js';
import { blockedMembers, knownMembers, membersOf, type MemberSources } from './channel-members.js';
import { ConversationBook } from './conversations.js';
import { Delivery } from './delivery.js';
import type { Device } from './device.js';
import { DeviceAge } from './device-age.js';
import { Forks } from './forks.js';
import { openHistory, type History } from './history.js';
import { HistoryProgress } from './history-progress.js';
import { Members } from './membership.js';
import { Receipts } from './receipts.js';
import { openRetention } from './open-retention.js';
import type { Retention } from './retention.js';
import { Social } from './social.js';
import { ProblemNotices } from './problem-notices.js';

export interface Core extends History {
  readonly age: DeviceAge;
  readonly trust: TrustBook;
  readonly accountBook: AccountBook;
  readonly directory: Directory;
  readonly accounts: Accounts;
  /** Whom the tracker tells of, where so many are online that it tells of a part. */
  readonly following: Following;
  readonly receipts: Receipts;
  readonly mail: Mailbox;
  readonly delivery: Delivery;
  readonly connections: Connections;
  readonly writer: Writer;
  readonly files: FileService;
  /** The bytes of files, from and to others. */
  readonly mover: Mover;
  readonly book: ConversationBook;
  readonly social: Social;
  /** Who is in a conversation, as far as is known here. */
  readonly membersOf: (id: ConversationId) => string[];
  readonly members: Members;
  /** What comes from another device of the user. */
  readonly progress: HistoryProgress;
  readonly problems: ProblemNotices;
  readonly forks: Forks;
  readonly retention: Retention;
}

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

const elapsed = (): number => performance.now();
/** Of files that are moved now. */
const FILE_ENTRIES = 32;

/** @throws as the store */
export function openCore(device: Device): Core {
  const { config, log, clock, events, internal, identity, store, notices, continuity, personal, links, tracker } =
    device;
  const { filter, revocations, devices, deviceNames, numbers, pins, blobs } = device;
  const channels = device.channels.set;
  const self = identity;
  const history = openHistory(device);
  const { keyring, heads, entryLog, mesh, certificates } = history;

  // Who there is, and who is who.
  const age = new DeviceAge({
    ...{ device: self.device, settings: device.settings },
    now: () => clock.now(),
    changed: () => void internal.emit('age'),
  });
  const trust = new TrustBook({
    ...{ self, devices, deviceNames, revocations, numbers, pins, notices, links, tracker, timers, log },
    ownDevices: (records) => age.heard(records),
    names: new AccountApi((call) => tracker.ask(call)),
    addCertificate: (pem) => certificates.add(pem),
    devicesChanged: (username, revoked) => void internal.emit('devices', username, revoked),
    now: () => clock.now(),
  });
  const accountBook = new AccountBook({
    ...{ self, words: device.accountWords, notices, links, log },
    changed: () => void internal.emit('nearby'),
    told: (username) => void internal.emit('account_word', username),
  });
  const profiles = new ProfileBook({ shelf: store.profiles, entry: (id) => store.entry(id), now: () => clock.now() });
  const topics = new Topics(store.profiles);
  const memberSources: MemberSources = {
    ...{ self: self.username, joined: channels, links: () => links.all() },
    authors: (conversation) =>
      [...heads.durable(conversation).keys()].flatMap((author) => {
        const username = store.profiles.usernameOf(author);
        return username === undefined ? [] : [{ username, device: author }];
      }),
    coming: (conversation, author) => store.profiles.coming(conversation, author),
    isBlocked: (user) => personal.people.isBlocked(user),
    isDeleted: (channel) => device.channelWords.get(channel)?.state === 'deleted',
    isShut: (user) => device.accountWords.isShut(user),
  };
  const directory = new Directory({
    ...{ self, contacts: store.contacts, joined: channels, clock, log, hidesAddress: device.relayOnly },
    events: {
      person: (person) => void events.emit('person', person),
      channel: (channel) => void events.emit('channel', channel),
    },
    verified: (user) => pins.isVerified(user),
    ownStatus: () => personal.status,
    chosen: (user) => personal.people.of(user),
    said: (user) => profiles.facts(user),
    disabled: (user) => device.accountWords.isShut(user),
    topic: (channel) => topics.of(channel as ChannelName)?.message,
    word: (channel) => device.channelWords.get(channel),
    known: (channel, known) => knownMembers(channel, known, memberSources),
    hidden: (channel, known) =>
      personal.people.blocked().length === 0 ? 0 : blockedMembers(channel, known, memberSources),
  });
  for (const username of personal.people.all()) directory.met(username);
  for (const username of profiles.users()) directory.changed(username);
  // Who there is, and so who of them is hidden, is known only now.
  directory.channelChanged();
  const accounts = new Accounts({
    ...{ store: store.knownAccounts, directory, clock, log },
    api: new UsersApi((call) => tracker.ask(call)),
    word: (word) => accountBook.learn([word]),
    connected: () => tracker.view().state === 'connected',
  });

  // What becomes of own entries.
  const receipts = new Receipts(store.conversations, (id) => void internal.emit('delivered', id), {
    marks: store.marks,
    devicesOf: (user) => devices.active(user),
  });
  const mail = openMailbox({
    ...{ identity, store, channels, heads, keyring, entryLog, mesh, receipts, certificates, revocations, clock, log },
    people: personal.people,
    changed: (conversation) => void internal.emit('mailed', conversation),
    tracker: new MailboxApi((call) => tracker.ask(call), identity.device),
    directory: join(config.dataDir, 'identity'),
  });
  const delivery = new Delivery({
    ...{ self, store, events, log, personal, channels, heads, trust, directory, receipts, mail, age },
    readElsewhere: (conversation) => void internal.emit('read_elsewhere', conversation),
  });
  const problems = new ProblemNotices({ log, notices, store });
  const forks = new Forks({
    ...continuity.forForks,
    held: (conversation, author) => heads.durable(conversation).get(author) ?? 0,
    tell: (conversation, author) => problems.forked(conversation, author),
    links: () => links.all(),
    owner: (author) => keyring.owner(author),
    mesh,
  });
  const connections = new Connections({ ...device, directory, heads, keyring, receipts, forks });
  const writer: Writer = {
    append(post) {
      const written = continuity.firstWrite.pass(() => entryLog.append(post, device.channelWords.refusal(post)));
      const other = otherParty(post.conversation, self.username);
      if (other !== undefined && !delivery.isLinked(other)) connections.wanted(other as string as Username);
      return written;
    },
  };

  // What the user sees and says.
  const mover = new Mover({
    ...{ blobs, timers, random: Math.random, now: elapsed },
    turns: new BesideMessages({ durability: store.durability, now: elapsed, timers, soon: setImmediate }),
    dial: ({ host, port, device: to }) =>
      host === undefined || port === undefined
        ? connections.circuits.dialFiles(to)
        : links.dialFiles({ host, port, device: to }),
    // Asked for each chunk. That an entry was taken back is said by `origins`.
    entry: remembered(FILE_ENTRIES, (id: EntryId) => store.entry(id)),
    entriesOf: (sha256) => store.files.entriesOf(sha256),
    origins: store.files.origins.of(self.username),
    seek: (file) => connections.seek(file),
    shares: ({ remote, channels: theirs }, entry) =>
      shares(entry.conversation, { username: self.username, channels }, { ...remote, channels: theirs }) &&
      !isWithheld(entry.conversation, history.isFormer(entry.device), self, remote),
  });
  const files = new FileService({
    ...{ self, blobs, filter, personal, events, clock, log, timers, store: store.files },
    ...{ channels: device.channels, conversations: () => store.conversations.all() },
    space: { isLow: () => history.space.isLow, look: config.space ?? (() => store.space()) },
    mover: (events) => mover.tellTo(events),
  });
  const book = new ConversationBook({
    self,
    store,
    events,
    receipts,
    delivery,
    personal,
    filter,
    directory,
    files,
    older: () => age.older,
    soon: (run) => void setImmediate(run),
  });
  const following = new Following({
    always: () => [...personal.people.friends(), ...book.partners()],
    send: tracker.follow,
  });
  const social = new Social({
    ...{ self, store, clock, log, events, personal, channels, directory, profiles, topics, book, writer },
    tracker: new TopicApi((call) => tracker.ask(call)),
  });
  const members = new Members({
    channels: device.channels,
    words: device.channelWords,
    book,
    writer,
    mesh,
    tracker,
    log,
  });
  const progress = new HistoryProgress({
    holdings: () => mesh.holdings(),
    changed: (view) => void events.emit('history', view),
    isRevoked: (of) => revocations.has(of),
    nameOf: (of) => trust.nameOf(of),
    ...{ timers, now: () => performance.now() },
  });

  const membersIn = (id: ConversationId): string[] => membersOf(id, directory, memberSources);
  const retention = openRetention(device, { receipts, files, membersOf: membersIn });

  const core: Core = {
    ...{ ...history, age, trust, accountBook, directory, accounts, receipts, mail, delivery, connections, writer },
    following,
    ...{ files, mover, book, social, members, progress, problems, forks, retention },
    membersOf: membersIn,
  };
  for (const channel of channels) book.open(`#${channel}` as ConversationId);
  return core;
}

/** After its events have listeners. */
export function startCore({ identity, continuity }: Device, core: Core): void {
  const { certificates, delivery, book, mail, files, space, entryLog, retention } = core;
  if (identity.certificatePem !== undefined) certificates.add(identity.certificatePem);
  delivery.start(book.ids());
  mail.start();
  files.start();
  retention.start();
  void space.look();
  // What was written once is written again, whatever has become of its channel.
  continuity.grown((post) => continuity.firstWrite.pass(() => entryLog.append(post)));
}

/** After the links are closed, and before the store is. */
export function closeCore({
  trust,
  book,
  space,
  entryLog,
  mesh,
  delivery,
  social,
  progress,
  problems,
  retention,
}: Core): void {
  retention.close();
  trust.close();
  progress.close();
  entryLog.close();
  space.close();
  mesh.close();
  delivery.close();
  book.shut();
  social.close();
  problems.close();
}
