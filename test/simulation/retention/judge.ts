/**
 * What must hold of forgetting (docs/decisions/retention.md), by what lies on the disks and by the right time: nothing is forgotten of one's own that
 * somebody waits for, nothing before its time, nothing by anybody else's choice, and what can be had comes.
 */
import type { Entry } from '../../../protocol/entry.js';
import { sameUser, type ConversationId, type EntryId, type Username } from '../../../protocol/ids.js';
import { mayBePruned } from '../../../protocol/pruned.js';
import { isCarried, type Carried } from '../by-reference.js';
import type { Checker } from '../checker.js';
import type { SimulatedPeer } from '../peer.js';
import type { Side } from '../side.js';

export interface RetentionJudgeWorld {
  readonly checker: Checker;
  readonly peers: readonly SimulatedPeer[];
  /** By the right clock. Milliseconds since 1970. */
  right(): number;
  /** Whether the clock of this device, or of the tracker, was right all the time: by two wrong ones anything may look old. */
  isSure(peer: SimulatedPeer): boolean;
}

const DAY_MS = 24 * 3600_000;
/** Right clocks differ by some minutes, and are set by some. */
const TOLERANCE_MS = 2 * 3600_000;

export class RetentionJudge {
  /** How much was forgotten, came without its content, and came after all. */
  readonly counts = { forgotten: 0, missing: 0, filled: 0 };
  private readonly arrivals = new Map<SimulatedPeer, Map<EntryId, number>>();

  constructor(private readonly world: RetentionJudgeWorld) {}

  arrived(peer: SimulatedPeer, entry: Entry): void {
    const { checker, peers } = this.world;
    let arrivals = this.arrivals.get(peer);
    if (!arrivals) this.arrivals.set(peer, (arrivals = new Map<EntryId, number>()));
    if (!arrivals.has(entry.id)) arrivals.set(entry.id, this.world.right());
    if (!entry.pruned) return;
    this.counts.missing++;
    const authors = peers.filter(({ username }) => sameUser(username, entry.from));
    if (!authors.some(({ disk }) => disk.contents.forgotten.has(entry.id)))
      checker.wrong(
        `${peer.name} stores ${name(entry)} without its content, which no device of its author has forgotten`,
      );
    if (!mayBePruned(Date.parse(entry.time), this.world.right() + TOLERANCE_MS) && this.world.isSure(peer))
      checker.wrong(`${peer.name} takes ${name(entry)} without its content, which is new`);
  }

  /** @param days after how many this device forgets there */
  forgets(peer: SimulatedPeer, entry: Entry, days: number): void {
    const { checker } = this.world;
    this.counts.forgotten++;
    if (days === 0) checker.wrong(`${peer.name} forgets ${name(entry)}, and nobody chose so`);
    const since = this.world.right() - (this.arrivals.get(peer)?.get(entry.id) ?? Infinity);
    if (this.world.isSure(peer) && since < days * DAY_MS - TOLERANCE_MS)
      checker.wrong(
        `${peer.name} forgets ${name(entry)}, which has been there for ${(since / DAY_MS).toFixed(1)} days`,
      );
    if (peer.device === entry.device) this.forgetsOwn(peer, entry);
  }

  private forgetsOwn(peer: SimulatedPeer, entry: Entry): void {
    const { checker, peers } = this.world;
    const { conversation, device, seq } = entry;
    const held = peer.receipts.held(conversation);
    const told = peers.filter((other) => held.has(other.device) && !sameUser(other.username, peer.username));
    const strangers = [...held].filter(([other]) => !peers.some((one) => one.device === other));
    if (
      ![...told.map((other) => other.disk.durable(conversation, device)), ...strangers.map(([, to]) => to)].some(
        (to) => to >= seq,
      )
    )
      checker.wrong(`${peer.name} forgets its own ${name(entry)}, which nobody has acknowledged`);
    for (const other of told)
      if (other.isIn(conversation) && other.disk.durable(conversation, device) < seq)
        checker.wrong(`${peer.name} forgets its own ${name(entry)}, which ${other.name} lacks`);
  }

  /** What an honest device puts on a link. */
  sent(side: Side, username: Username, messages: readonly Carried[]): void {
    const { checker } = this.world;
    for (const message of messages) {
      if (!isCarried(message)) continue;
      const { entry } = message;
      if (entry.pruned && !sameUser(username, entry.from))
        checker.wrong(
          `${username} gives ${name(entry)} without its content to ${side.remote.username}, and is not its author`,
        );
      const written = checker.written.get(entry.id);
      if (!entry.pruned && written && written.message !== entry.message)
        checker.wrong(`${username} gives ${name(entry)} with other words than were written`);
    }
  }

  /** In the end: each row is as it was written, or was forgotten here, or nobody in reach can give its content. */
  settled(): void {
    for (const peer of this.world.peers) {
      const { contents } = peer.disk;
      for (const conversation of peer.disk.conversations())
        for (const entry of peer.disk.all(conversation)) this.row(peer, contents, entry);
    }
  }

  private row(peer: SimulatedPeer, contents: SimulatedPeer['disk']['contents'], entry: Entry): void {
    const { checker } = this.world;
    const written = checker.written.get(entry.id);
    if (!entry.pruned) {
      if (contents.forgotten.has(entry.id))
        checker.wrong(`${peer.name} shows ${name(entry)} again, which it had forgotten`);
      if (written && written.message !== entry.message)
        checker.wrong(`${peer.name} shows other words for ${name(entry)}`);
    } else if (contents.missing.has(entry.id)) {
      const giver = this.giver(peer, entry);
      if (giver) checker.wrong(`${peer.name} lacks what ${name(entry)} says, and ${giver.name} has it`);
    } else if (!contents.forgotten.has(entry.id)) checker.wrong(`${peer.name} has lost what ${name(entry)} says`);
  }

  /** Who is linked with it, and may give it. */
  giver(peer: SimulatedPeer, { conversation, device, seq }: Entry): SimulatedPeer | undefined {
    if (!peer.running || !peer.isIn(conversation) || this.world.checker.isForked(conversation, device))
      return undefined;
    return this.world.peers.find(
      (other) =>
        other.device !== device &&
        peer.links.has(other.device) &&
        other.isIn(conversation) &&
        other.disk.durable(conversation, device) >= seq &&
        other.disk.contents.upTo(conversation, device) < seq,
    );
  }

  /** Something that can be had has not come yet. */
  get isWaiting(): boolean {
    return this.world.peers.some((peer) =>
      [...peer.disk.contents.missing.values()].some((entry) => this.giver(peer, entry) !== undefined),
    );
  }
}

function name({ conversation, device, seq }: Pick<Entry, 'device' | 'seq'> & { conversation: ConversationId }): string {
  return `${conversation} ${device} ${seq}`;
}
