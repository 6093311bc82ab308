/**
 * The driver of the mesh: performs what the machines decide. It owns no socket and no history; it hands entries from
 * links to the log and from the log to links.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { sameUser, type ChannelName, type ConversationId, type DeviceId } from '../../protocol/ids.js';
import { HANDSHAKE_TIMEOUT_MS, UNSIGNED_BYTES_MAX, UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { RECEIPTS_FEATURE, TREE_FEATURE } from '../../protocol/channel-messages.js';
import { PRUNED_FEATURE } from '../../protocol/pruned.js';
import { RANGES_FEATURE } from '../../protocol/range-messages.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { runCost } from '../../protocol/signed-runs.js';
import type { Advance } from '../log/ports.js';
import type { MeshLink, MeshOptions } from './mesh-options.js';
import type { LinkToken } from './ports.js';
import type { Holdings } from './catch-up.js';
import { ndjson, type EntryCodec } from './codec.js';
import type { LogName } from './arrivals.js';
import { PassingOn } from './passing-on.js';
import { Session } from './session.js';
import { ReceiptRelay } from './signed-receipts.js';
import { SteadyClock } from '../clock/steady-clock.js';
import { Sync } from './sync.js';
import { syncOutput } from './sync-output.js';

/** Bytes of entries that wait to be written: above, reading from all links pauses; below the half of it, it goes on. */
const BACKLOG_HIGH = 8 * 1024 * 1024;
/** A longer burst is not sent as it is written, but read when there is room for it: it could fill a link's queue. Bytes. */
const LIVE_MAX = UNSIGNED_BYTES_MAX;
const TICK_MS = 100;

export class Mesh {
  private readonly sessions = new Map<LinkToken, Session>();
  /** With something to send that no drain will bring about. */
  private readonly moving = new Set<Session>();
  private readonly sync: Sync;
  private readonly passingOn: PassingOn;
  private readonly receipts: ReceiptRelay;
  /** When channels were joined or left last. */
  private readonly changed = new Map<ChannelName, number>();
  private readonly codec: EntryCodec;
  /** Waits by it; times of entries are the log's matter. */
  private readonly clock: SteadyClock;
  private turn = false;
  private paused = false;
  private timer: unknown;

  constructor(private readonly options: MeshOptions) {
    const { username, device, channels, log, signedReceipts } = options;
    this.codec = options.codec ?? ndjson;
    this.clock = new SteadyClock(options.clock);
    const to = (link: LinkToken): Session | undefined => this.sessions.get(link);
    const out = syncOutput(options, to, (session) => {
      this.moving.add(session);
      this.soon();
    });
    this.sync = new Sync({ username, device, channels, log, listed: options.listed, out });
    this.receipts = new ReceiptRelay({
      ...{ ...signedReceipts, username, device, log, tree: this.sync.tree },
      isShared: (link, conversation) => this.sync.isSharedOn(link, conversation),
      send: (link, line) => (line.type === 'way' ? to(link)?.link.send(line) : to(link)?.receipts(line)),
      refuse: (link) => this.refuse(link, 'bad_signature'),
      soon: () => this.wake(),
    });
    this.passingOn = new PassingOn({
      device,
      tree: this.sync.tree,
      lines: (entries) => this.codec.lines(entries),
      sender: (link) => to(link)?.sender,
    });
  }

  up(link: MeshLink): void {
    const { log, senderLog, addCertificate, logger } = this.options;
    const { sync, codec, clock, receipts } = this;
    const takesPruned = link.features.includes(PRUNED_FEATURE);
    // What is here without its content is given only in the name of who wrote it.
    const gives = ({ pruned, from }: Entry): boolean =>
      !pruned || (takesPruned && sameUser(from, this.options.username));
    const parts = { sync, receipts, log, senderLog, addCertificate, gives, now: () => clock.now(), codec, logger };
    this.sessions.set(link.id, new Session(link, parts));
    if (this.paused) link.pause();
    addCertificate(link.remote.certificate);
    this.catchUp(link);
    const { username, device } = link.remote;
    const [tree, ranges] = [link.features.includes(TREE_FEATURE), link.features.includes(RANGES_FEATURE)];
    this.sync.linkUp(
      { link: link.id, username, device, channels: link.channels, tree, ranges, pruned: takesPruned },
      clock.now(),
    );
    receipts.up(link.id, device, link.features.includes(RECEIPTS_FEATURE));
  }

  /** Says what we joined and left while the handshake may have been on its way, with our channels of before in it. */
  private catchUp(link: MeshLink): void {
    const { channels } = this.options;
    for (const [channel, at] of this.changed) {
      if (this.clock.now() - at > HANDSHAKE_TIMEOUT_MS) this.changed.delete(channel);
      else link.send({ type: channels.has(channel) ? 'joined' : 'left', channel });
    }
  }

  down(link: { id: LinkToken }): void {
    const session = this.sessions.get(link.id);
    if (!session) return;
    this.sessions.delete(link.id);
    this.moving.delete(session);
    this.options.log.linkDown(link.id);
    this.sync.linkDown(link.id, this.clock.now());
    this.receipts.down(link.id, this.clock.now());
    // What was on its way there goes another.
    this.wake();
  }

  messages(link: { id: LinkToken }, messages: readonly LinkMessage[]): void {
    this.sessions.get(link.id)?.receive(messages);
    this.pressure();
    this.soon();
  }

  /** Asks one link for a piece of a log that is here as well, to compare it. */
  ask(link: LinkToken, conversation: ConversationId, device: DeviceId, from: number, to: number): void {
    if (!this.sync.isSharedOn(link, conversation)) return;
    this.sessions.get(link)?.link.send({ type: 'want', conversation, device, from, to });
  }

  /** Serves what we hold of a log from there on to whoever holds another one. */
  show(link: LinkToken, conversation: ConversationId, device: DeviceId, from: number): void {
    const held = this.options.log.durable(conversation).get(device) ?? 0;
    const first = Math.min(from, held);
    if (first > 0) this.sync.want(link, conversation, device, first, first + UNSIGNED_RUN_MAX);
  }

  drain(link: { id: LinkToken }): void {
    this.sessions.get(link.id)?.sender.pump();
  }

  /** The log says that a link's entries were wrong. */
  refuse(link: LinkToken, code: ErrorCode): void {
    this.sessions.get(link)?.refuse(code);
  }

  /** The link brought entries of an author whom its certificates do not prove here. */
  unproven(link: LinkToken, author: DeviceId): void {
    this.sync.asking.unproven(link, author, this.clock.now());
  }

  /** The link brought another chain than the one we hold, which left it at `seq` or before. */
  contradicts(link: LinkToken, conversation: ConversationId, author: DeviceId, seq: number): void {
    this.sync.contradicts(link, conversation, author, seq, this.clock.now());
  }

  /** Whether a link to another user shares the conversation. */
  reaches(conversation: ConversationId): boolean {
    for (const { link } of this.sessions.values()) {
      if (link.remote.username !== this.options.username && this.sync.isSharedOn(link.id, conversation)) return true;
    }
    return false;
  }

  linked(device: DeviceId): boolean {
    return [...this.sessions.values()].some(({ link }) => link.remote.device === device);
  }

  /** How much of what the user's other devices hold is here; looks at each log that they named. */
  holdings(): Holdings | undefined {
    return this.sync.holdings();
  }

  /** Our own entries became durable: the live path. Serialised once for all links. */
  own(conversation: ConversationId, entries: readonly Entry[]): void {
    if (entries.reduce((sum, entry) => sum + runCost(entry), 0) > LIVE_MAX) return;
    let text: string | undefined;
    const lines = (): string => (text ??= this.codec.lines(entries));
    for (const { sender } of this.sessions.values()) sender.live(conversation, this.options.device, entries, lines);
  }

  /** What others have written is in the store, and not durable yet: it is passed on, while who holds it here is told later. */
  added(conversation: ConversationId, entries: readonly Entry[]): void {
    this.passingOn.added(conversation, entries);
  }

  /** A link has brought a piece of a log, proven. `isNews`: it was the first to bring all of it. */
  brought(link: LinkToken, piece: LogName & { readonly seq: number }, isNews: boolean): void {
    this.sync.arrivals.proven(link, piece, isNews, this.clock.now());
  }

  /** These channels have more members than this peer links to: what is written there is passed on along a tree. */
  crowded(channels: ReadonlySet<ChannelName>): void {
    this.sync.tree.setCrowded(channels, this.clock.now());
  }

  durable(advance: Advance): void {
    for (const session of this.sessions.values()) if (session.sender.durable(advance)) this.moving.add(session);
    this.sync.durable(advance, this.clock.now());
    this.receipts.durable(advance, this.clock.now());
    this.pressure();
    this.soon();
  }

  /** The log could not write what it had taken: nobody will tell of it again, so it is asked for. */
  setBack(conversation: ConversationId, device: DeviceId): void {
    this.sync.setBack(conversation, device, this.clock.now());
    this.pressure();
    this.soon();
  }

  /** What the log takes of whom is another now. */
  reconsider(): void {
    this.sync.reconsider(this.clock.now());
    this.soon();
  }

  /** After the channel was added to `channels`. */
  joined(channel: ChannelName): void {
    this.changed.set(channel, this.clock.now());
    for (const { link } of this.sessions.values()) link.send({ type: 'joined', channel });
    this.sync.weJoined(channel, this.clock.now());
  }

  /** After the channel was taken from `channels`. */
  left(channel: ChannelName): void {
    this.changed.set(channel, this.clock.now());
    for (const { link } of this.sessions.values()) link.send({ type: 'left', channel });
    this.sync.weLeft(channel, this.clock.now());
  }

  /** Our certificate was renewed: others need it before our next entries. */
  certificateRenewed(): void {
    for (const { sender } of this.sessions.values()) sender.reintroduce(this.options.device);
  }

  close(): void {
    this.options.timers.clearInterval(this.timer);
    this.timer = undefined;
    this.receipts.close();
    this.sessions.clear();
    this.moving.clear();
  }

  /** Once at the end of this turn of the event loop: tell what is to be told, and move the senders. */
  private soon(): void {
    if (this.turn) return;
    this.turn = true;
    this.options.clock.soon(() => {
      this.turn = false;
      this.sync.flush(this.clock.now());
      for (const { sender } of this.moving) sender.pump();
      this.moving.clear();
      this.wake();
    });
  }

  /** A timer runs only while something waits for time to pass. */
  private wake(): void {
    const { timers } = this.options;
    if (!this.sync.busy && !this.receipts.busy && this.options.log.holding !== true && !this.paused) {
      timers.clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    this.timer ??= timers.setInterval(() => {
      for (const { conversation, device } of this.options.log.due?.() ?? [])
        this.sync.setBack(conversation, device, this.clock.now());
      this.sync.tick(this.clock.now());
      this.receipts.tick(this.clock.now());
      // What was thrown away tells nobody that there is room again.
      this.pressure();
      this.wake();
    }, TICK_MS);
  }

  private pressure(): void {
    const { backlog } = this.options.log;
    if (this.paused ? backlog > BACKLOG_HIGH / 2 : backlog <= BACKLOG_HIGH) return;
    this.paused = !this.paused;
    for (const { link } of this.sessions.values()) {
      if (this.paused) link.pause();
      else link.resume();
    }
  }
}
