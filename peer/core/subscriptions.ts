/**
 * Who hears which event of the parts below, and in which order: the one place where anything goes upwards. Within one event the
 * calls follow each other at once, in the order written here, which others rely on where a comment says so.
 */
import {
  channelConversation,
  directConversation,
  otherParty,
  sameUser,
  userKey,
  type ChannelName,
  type ConversationId,
  type Username,
} from '../../protocol/ids.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import type { Core } from './core.js';
import type { Device } from './device.js';

/** Errors by which a link ends over an entry that cannot be what its author wrote. */
const REFUSED_ENTRY: ReadonlySet<string> = new Set(['bad_entry', 'bad_entry_id', 'bad_signature', 'broken_chain']);

export function subscribe(device: Device, core: Core): void {
  hearLog(device, core);
  hearLinks(device, core);
  hearPeople(device, core);
  hearTracker(device, core);
}

function hearLog({ internal, events, store }: Device, core: Core): void {
  const { heads, entryLog, space, mesh, mail, delivery, files, book, social, problems, forks, progress } = core;
  const { retention } = core;
  internal.on('added', ({ conversation, entries, own, clients }) => {
    const effects = store.entries.placement.among(conversation, store.relations.effects(entries));
    book.added(conversation, entries, effects);
    // Others first: what the browser is told takes longer than the way to the kernel.
    if (own) mesh.own(conversation, entries);
    else mesh.added(conversation, entries);
    if (own) delivery.wrote(conversation, entries);
    if (own) problems.ahead(conversation, () => entryLog.ahead(conversation));
    else space.wrote();
    social.added(conversation, entries, own);
    files.added(entries, own, effects);
    if (entries.length > 0)
      events.emit('entries', { conversation, entries, client: clients, awaited: effects.awaited });
    if (effects.changed.length > 0) events.emit('changed', { conversation, ids: effects.changed });
    events.emit('conversation', conversation);
  });
  internal.on('durable', (advance) => {
    // First: it is what all others look at, and what `have` tells.
    heads.advance(advance);
    delivery.durable(advance);
    mesh.durable(advance);
    mail.durable(advance);
    progress.look();
    // Last: whoever reads arrivals may do so at once.
    events.emit('durable');
  });
  internal.on('brought', (...brought) => mesh.brought(...brought));
  internal.on('crowded', (channels) => mesh.crowded(channels));
  internal.on('forked', ({ conversation, device, seq, link, exact }) =>
    forks.found(conversation, device, seq, link, exact),
  );
  internal.on('set_back', (conversation, author) => {
    mesh.setBack(conversation, author);
    mail.setBack();
  });
  // Links have positive numbers, letters negative ones.
  internal.on('unproven', (link, author) =>
    link < 0 ? mail.refused(link, 'unknown_device') : mesh.unproven(link, author),
  );
  internal.on('refused', (link, code) => (link < 0 ? mail.refused(link, code) : mesh.refuse(link, code)));
  internal.on('held', ({ from, conversation }) => problems.tooFast(from, conversation));
  internal.on('storage', (error) => {
    if (error) mail.storageFailed();
    problems.storage(error);
  });
  internal.on('forgot', (ids) => {
    for (const id of ids) book.forgot(id);
    events.emit('blocks');
  });
  internal.on('filled', (ids) => {
    space.wrote();
    retention.filled(ids);
  });
  internal.on('disk_low', (low) => {
    problems.diskLow(low);
    mesh.reconsider();
    mail.reconsider();
    files.look();
  });
  internal.on('holds', (conversation, word) => {
    delivery.held(conversation, word);
    mail.receipt(conversation);
  });
  internal.on('receipt', (conversation, held) => delivery.signed(conversation, held));
  internal.on('agreed', (from, conversation, theirs) => {
    forks.holds(from, conversation, (own) => theirs.get(own) ?? 0);
    progress.look();
  });
  internal.on('delivered', (conversation) => delivery.receiptsChanged(conversation));
  internal.on('mailed', (conversation) => delivery.pending.look(conversation));
}

function hearLinks(
  { internal, store, identity, clocks, tracker, reach, mapping, continuity }: Device,
  core: Core,
): void {
  const { mesh, mail, delivery, social, trust, accountBook, connections, forks, entryLog, mover, progress } = core;
  internal.on('link_up', (link) => {
    connections.up(link);
    reach.up(link);
    // Before delivery: a read mark may name only what the other side knows that we hold.
    mesh.up(link);
    delivery.up(link);
    social.up(link);
    mail.links();
    trust.up(link);
    accountBook.up(link);
    mover.chatUp(link);
  });
  internal.on('link_messages', (link, messages) => {
    mesh.messages(link, messages);
    connections.puncher.messages(link, messages);
    const from = { link: link.id, remote: link.remote.device };
    for (const message of messages) {
      if (message.type === 'file_call') mover.called(link);
      if (message.type !== 'have') continue;
      if (sameUser(link.remote.username, identity.username)) progress.look();
      forks.heard(from, message.conversations, message.complete);
      if (message.complete === true) continuity.linkTold();
    }
    delivery.messages(link, messages);
    social.messages(link, messages);
    trust.messages(link, messages);
    // Last: they may end the link.
    accountBook.messages(link, messages);
  });
  internal.on('file_link', (connection) => mover.accept(connection));
  internal.on('link_drain', (link) => mesh.drain(link));
  internal.on('link_clock', (link, time) => clocks.heard(link, time));
  internal.on('link_down', (link, reason) => {
    // Either side refused what the other sent. If it was ours, our disk has spoilt it.
    if (REFUSED_ENTRY.has(reason.code)) store.suspect();
    clocks.down(link);
    mover.chatDown(link);
    mesh.down(link);
    delivery.down(link);
    social.down(link);
    mail.links();
    trust.down(link);
    accountBook.down(link);
    progress.look();
    // Last: the device may be dialled again at once.
    connections.down(link, reason);
  });
  internal.on('nearby', () => connections.look());
  // With it goes where this peer is now.
  internal.on('network', () => {
    tracker.announce();
    mapping.anew();
    reach.network();
  });
  internal.on('clock_set', () => {
    // It tells what its clock shows with each answer.
    tracker.announce();
    entryLog.clockSet();
  });
  // Not at the start: by our own clock alone it could be this one that is behind.
  internal.on('clock_known', () => entryLog.clockSet());
}

function hearPeople({ internal, events, identity, tracker }: Device, core: Core): void {
  const { mesh, mail, delivery, files, book, social, trust, directory, progress, retention } = core;
  internal.on('certificate', (certificate) => trust.seen(certificate));
  internal.on('devices', (username, revoked) => {
    delivery.devicesChanged(username, revoked);
    progress.look();
  });
  internal.on('age', () => {
    book.olderKnown();
    delivery.ageKnown();
  });
  internal.on('read_elsewhere', (conversation) => book.recount(conversation));
  internal.on('verified', (username) => directory.changed(username));
  internal.on('account_word', (username) => {
    // Nobody is listed for having been disabled.
    if (directory.person(username)) directory.changed(username);
    // Who is counted in the channels that everyone is in.
    directory.channelChanged();
  });
  internal.on('chosen', (username, { silence, blocked }) => {
    directory.changed(username);
    if (silence) {
      book.chosen(userKey(username));
      social.statuses.changed();
      mesh.reconsider();
      mail.reconsider();
    }
    if (!blocked) return;
    directory.channelChanged();
    files.look();
    events.emit('blocks');
  });
  internal.on('forgets', () => retention.chosen());
  events.on('preferences', () => {
    files.preferencesChanged();
    retention.chosen();
  });
  // Left, or joined again.
  events.on('channel', () => files.look());
  internal.on('presence', () => {
    directory.changed(identity.username);
    social.statuses.changed();
    tracker.announce();
  });
}

function hearTracker({ config, internal, events, identity, reach, channelWords }: Device, core: Core): void {
  const { age, mail, social, members, trust, accountBook, directory, accounts, connections, following } = core;
  // With each message: so no more is looked at than who it is with.
  events.on('conversation', (conversation) => {
    const other = otherParty(conversation, identity.username);
    if (other !== undefined) following.met(other as string as Username);
  });
  internal.on('chosen', () => following.look());
  events.on('tracker', ({ state }) => {
    directory.tracker(state);
    mail.tracker(state === 'connected');
    if (state === 'connected' && !age.isKnown) void trust.lookUp(identity.username);
    // A gateway has one port for all of its peers, whoever runs it sees to that.
    if (config.entrance === undefined && config.asksReach !== false) reach.tracker(state === 'connected');
  });
  internal.on('heard', (event) => {
    const renamed = channelWords.heard(event);
    directory.heard(event);
    for (const channel of renamed) directory.channelChanged(channel);
    accounts.heard(event);
    following.heard(event);
    trust.heard(event);
    accountBook.heard(event);
    if (event.type === 'mailbox') mail.arrived();
    if (event.type === 'circuit') return connections.circuits.called(event);
    const admitted = admittedTo(event, identity.username);
    if (admitted !== undefined) mail.admitted(admitted);
    if (event.type === 'snapshot') {
      members.heard(event.channels.flatMap(({ name, joined }) => (joined ? [name as ChannelName] : [])));
      social.tracker(event.channels);
    }
    connections.look();
  });
}

/** Where the tracker may take letters of ours that it refused before. */
function admittedTo(event: TrackerEvent, self: Username): ConversationId | undefined {
  if (event.type === 'user_registered') return directConversation(self, event.username as Username);
  const isOwn = event.type === 'channel_joined' && sameUser(event.username as Username, self);
  return isOwn ? channelConversation(event.channel as ChannelName) : undefined;
}
