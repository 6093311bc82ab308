/**
 * What others take of members who write far too fast, judged by what SPEC.md section 5 says of each log and each user: none
 * of it before its time, and nobody is held who keeps to the rate.
 */
import { dueAt, entryCost, nextMark, RATES, type RateMark, type Rates } from '../../protocol/rates.js';
import type { Entry } from '../../protocol/entry.js';
import { sameUser, userKey, type DeviceId, type EntryId, type UserKey, type Username } from '../../protocol/ids.js';
import type { Checker } from './checker.js';
import type { Surroundings } from './machines.js';
import type { Schedule } from './schedule.js';

/** What is looked at of a peer. */
export interface RatedPeer {
  readonly name: string;
  readonly username: Username;
  /** Starts and ends of its processes. */
  readonly life: number;
  readonly disk: { readonly refused: number };
  /** How often it was put back to an old copy. */
  readonly restores: number;
  /** How often its clock was set. */
  readonly clockSets: number;
  /** How far behind it has been at the most. Milliseconds. */
  readonly behind: number;
  /** The latest that its clock has shown within the last minute. Milliseconds since 1970. */
  latest(): number;
}

/** Small enough that a flood of some hundred entries is one, and far above what all others write in a whole run. */
export const SMALL_RATES: Rates = {
  ...RATES,
  overhead: 64,
  burst: 256 * 1024,
  perMs: 4,
  userBurst: 512 * 1024,
  userPerMs: 8,
};
/** A bucket that drains sooner is not kept over a restart. Milliseconds. */
const FORGOTTEN_MS = 60_000;
/** Times are whole milliseconds. */
const ROUNDING_MS = 10;

/** When a peer last wrote entries of others, and before, and first after its clock was set. Simulated time. */
interface Writes {
  readonly last: number;
  readonly before: number;
  readonly clockSets: number;
  readonly set: number;
}

interface Taken {
  bytes: number;
  /** Simulated time. */
  since: number;
  clockSets: number;
  /** Of each log the last that was counted. */
  readonly seq: Map<string, number>;
}

export class FloodJudge {
  /** Users of whom anybody held a log. */
  readonly held = new Set<UserKey>();
  private readonly users = new Set<UserKey>();
  /** What each peer has taken of each user who floods, and since when. */
  private readonly taken = new Map<RatedPeer, Map<UserKey, Taken>>();
  private readonly writes = new Map<RatedPeer, Writes>();
  /** How far ahead of the right clock the times of a log were when a peer took them. Milliseconds. */
  private readonly leads = new Map<string, number>();
  /** How old the oldest entry of a log was that a peer took after a restart. Milliseconds. */
  private readonly ages = new Map<string, number>();
  /** Entries that their authors signed, and those that somebody took without a signature. */
  private readonly signed = new Set<EntryId>();
  private readonly bare = new Set<EntryId>();
  /** Where the bucket of each log stands after each of its entries. */
  private readonly marks = new Map<string, RateMark[]>();

  /** @param epoch when the run begins, by the right clock. Milliseconds since 1970. */
  constructor(
    private readonly schedule: Schedule,
    private readonly checker: Checker,
    private readonly epoch: number,
  ) {}

  /** From now on the user writes too much. */
  suspect(user: Username): void {
    this.users.add(userKey(user));
  }

  isSuspect(user: Username): boolean {
    return this.users.has(userKey(user));
  }

  /** What a process of this peer is given. */
  surroundings(peer: RatedPeer): Required<Pick<Surroundings, 'rates' | 'held'>> {
    return {
      rates: SMALL_RATES,
      held: ({ from, conversation }) => {
        this.held.add(userKey(from));
        if (!this.isSuspect(from))
          this.checker.wrong(`${peer.name} holds ${conversation} of ${from}, who keeps to the rate`);
      },
    };
  }

  /** Entries became part of a history. @param own they were written there */
  added(peer: RatedPeer, entries: readonly Entry[], own: boolean): void {
    const waived = this.waived(peer, entries);
    for (const { from, id, sig } of entries)
      if (this.isSuspect(from)) (sig === undefined ? this.bare : this.signed).add(id);
    if (own) return;
    this.wrote(peer);
    // Of a copy and a backup the buckets stand as they stood on another machine, or by another clock.
    if (peer.restores > 0) return;
    for (const entry of entries) {
      const { from, device, conversation, seq, time } = entry;
      if (!this.isSuspect(from) || sameUser(from, peer.username)) continue;
      if (this.checker.isForked(conversation, device)) continue;
      this.count(peer, entry, waived.has(entry));
      const latest = peer.latest();
      const log = `${peer.name} ${device} ${conversation}`;
      // A forgotten bucket begins anew at the time of the next entry, and is sooner drained by as much for all that follow.
      const age = restarts(peer) === 0 ? 0 : Math.max(this.ages.get(log) ?? 0, latest - Date.parse(time));
      this.ages.set(log, age);
      const forgotten = restarts(peer) * (FORGOTTEN_MS + age);
      // Times ahead of the own clock count as its own, also once that was set right: so the bucket drains sooner by as much.
      const lead = Math.max(
        this.leads.get(log) ?? 0,
        Date.parse(time) - Math.min(latest, this.epoch + this.schedule.now),
      );
      this.leads.set(log, lead);
      const early = forgotten + lead + peer.behind + ROUNDING_MS;
      const due = this.due(entry);
      if (due <= latest + early) continue;
      this.checker.wrong(`${peer.name} takes ${device} ${seq} ${Math.round((due - latest) / 1000)} s before it is due`);
    }
  }

  /** From when on an entry is taken: a function of its log, whose entries are asked for in their order. */
  due(entry: Entry): number {
    const key = `${entry.device} ${entry.conversation}`;
    let marks = this.marks.get(key);
    if (!marks) this.marks.set(key, (marks = []));
    const mark = marks[entry.seq - 1] ?? nextMark(marks[entry.seq - 2], entry, SMALL_RATES);
    marks[entry.seq - 1] = mark;
    return dueAt(mark, SMALL_RATES);
  }

  private wrote(peer: RatedPeer): void {
    const { now } = this.schedule;
    const { clockSets } = peer;
    const writes = this.writes.get(peer);
    if (!writes) this.writes.set(peer, { last: now, before: 0, clockSets, set: now });
    else if (writes.last < now) {
      const set = writes.clockSets === clockSets ? writes.set : now;
      Object.assign(writes, { last: now, before: writes.last, clockSets, set });
    }
  }

  /**
   * What one signature covers comes at once, however much it is, where nothing is counted of its user any more: of one log of them, and only
   * where that alone is more than a user may bring. All else has to keep to the bound.
   */
  private waived(peer: RatedPeer, entries: readonly Entry[]): ReadonlySet<Entry> {
    const waived = new Set<Entry>();
    const users = new Set<UserKey>();
    for (const piece of this.pieces(entries)) {
      const [first] = piece;
      if (!first) continue;
      const user = userKey(first.from);
      const cost = piece.reduce((sum, entry) => sum + entryCost(entry, SMALL_RATES), 0);
      if (cost <= SMALL_RATES.userBurst || users.has(user) || this.left(peer, user) > 0) continue;
      users.add(user);
      for (const entry of piece) waived.add(entry);
    }
    return waived;
  }

  /** Of each log what one signature covers, one after the other. @param entries of one conversation */
  private pieces(entries: readonly Entry[]): Entry[][] {
    const pieces: Entry[][] = [];
    const open = new Map<DeviceId, Entry[]>();
    for (const entry of [...entries].sort((a, b) => a.seq - b.seq)) {
      let piece = open.get(entry.device);
      if (!piece) {
        open.set(entry.device, (piece = []));
        pieces.push(piece);
      }
      piece.push(entry);
      // Who takes a piece keeps its last signature alone: others came as well, unless somebody had left them out before.
      const isSigned = entry.sig !== undefined || (this.signed.has(entry.id) && !this.bare.has(entry.id));
      if (isSigned) open.delete(entry.device);
    }
    return pieces;
  }

  /** What is counted of a user still, at the least. Bytes. */
  private left(peer: RatedPeer, user: UserKey): number {
    const taken = this.taken.get(peer)?.get(user);
    // A clock that was set ahead has emptied the bucket.
    if (!taken || taken.clockSets !== peer.clockSets) return 0;
    const passed = this.schedule.now - taken.since + restarts(peer) * FORGOTTEN_MS + ROUNDING_MS;
    return taken.bytes - passed * SMALL_RATES.userPerMs;
  }

  /** Whatever the times say, a user brings no more than the receiver's own clock allows. */
  private count(peer: RatedPeer, entry: Entry, isWaived: boolean): void {
    // What could not be written is counted by the machine when it is taken first, however much later it is written.
    if (peer.disk.refused > 0) return;
    const { now } = this.schedule;
    const { clockSets } = peer;
    // It is taken when it is proven, and written once the sync that was under way is over.
    const writes = this.writes.get(peer);
    const since = writes?.before ?? 0;
    let users = this.taken.get(peer);
    if (!users) this.taken.set(peer, (users = new Map<UserKey, Taken>()));
    const taken = users.get(userKey(entry.from)) ?? {
      bytes: 0,
      since,
      clockSets,
      seq: new Map<string, number>(),
    };
    users.set(userKey(entry.from), taken);
    // A clock that is set ahead empties the bucket: counted anew, which says less and nothing that is wrong.
    if (taken.clockSets !== clockSets) Object.assign(taken, { bytes: 0, since, clockSets });
    const log = `${entry.device} ${entry.conversation}`;
    // What a power failure or an old backup took is taken once more.
    if (entry.seq <= (taken.seq.get(log) ?? 0)) return;
    taken.seq.set(log, entry.seq);
    // Taken before its clock was set, perhaps.
    if (writes?.set === now) return;
    taken.bytes += entryCost(entry, SMALL_RATES);
    const passed = now - taken.since + restarts(peer) * FORGOTTEN_MS + ROUNDING_MS;
    const { userBurst, userPerMs } = SMALL_RATES;
    if (taken.bytes <= userBurst + passed * userPerMs) return;
    // No more than a burst is counted of it: as of when it was taken at the earliest.
    if (isWaived) Object.assign(taken, { bytes: userBurst, since });
    else this.checker.wrong(`${peer.name} has taken ${taken.bytes} bytes of ${entry.from} in ${Math.round(passed)} ms`);
  }
}

function restarts({ life }: RatedPeer): number {
  return Math.floor(life / 2);
}
