/**
 * Members who write far above their rate, with times that are right, go back, or lie ahead. What others take of it when is
 * judged in `flood-judge.ts`; here, that words of others pass meanwhile, and that all of the flood is there once it is due.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { Checker } from './checker.js';
import type { Clocks } from './clocks.js';
import { missing } from './convergence.js';
import { FloodJudge } from './flood-judge.js';
import type { Authority } from './keys.js';
import type { Machines } from './machines.js';
import type { SimulatedPeer } from './peer.js';
import type { Random } from './random.js';
import type { Restores } from './restores.js';
import type { Schedule } from './schedule.js';
import type { Settings } from './settings.js';

export interface FloodWorld {
  readonly epoch: number;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly settings: Settings;
  readonly checker: Checker;
  readonly authority: Authority;
  readonly clocks: Pick<Clocks, 'wasWrong'>;
  readonly restores: Pick<Restores, 'isHasty'>;
  readonly peers: readonly SimulatedPeer[];
}

export type FloodPost = (
  peer: SimulatedPeer,
  conversation: ConversationId,
  text?: string,
  settled?: () => void,
) => void;

/** How far ahead of the right time an author says that its next entry is, after so many. Milliseconds. */
type Lie = (written: number) => number;

const GENERAL = '#general' as ConversationId;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const LIES: readonly Lie[] = [() => 0, (written) => written * MINUTE - 20 * 60 * MINUTE, (written) => written * 2_000];

/** Of 16 KB each: above the burst of a log, and of a user. */
const POSTS = 40;
/** Once more, when all has healed. */
const POSTS_AGAIN = 20;
const TEXT = 'x'.repeat(15_900);
/** Two looks at a held log, clocks that are a minute behind, and the way. */
const LATE_MAX_MS = 3 * MINUTE;
const PASSES_WITHIN_MS = 40 * SECOND;

interface Author {
  readonly lie: Lie;
  /** How far ahead of the right time it stamps its entries now. Milliseconds. */
  ahead: number;
}

export class Flood {
  readonly judge: FloodJudge;
  private readonly authors = new Map<SimulatedPeer, Author>();
  private posted = 0;

  constructor(private readonly world: FloodWorld) {
    this.judge = new FloodJudge(world.schedule, world.checker, world.epoch);
  }

  surroundings(peer: SimulatedPeer): ReturnType<FloodJudge['surroundings']> {
    return this.judge.surroundings(peer);
  }

  added(peer: SimulatedPeer, entries: readonly Entry[], own: boolean): void {
    this.judge.added(peer, entries, own);
  }

  /**
   * A process was started. The times of who floods are its own making, and follow nothing that it has seen: else the clocks
   * of others, which may be a quarter of an hour ahead, would have to be waited for.
   */
  started(peer: SimulatedPeer, { log }: Machines): void {
    const author = this.authors.get(peer);
    if (!author) return;
    const { checker, epoch, schedule } = this.world;
    checker.wrongTimes.add(peer.device);
    const now = (): number => Math.floor(epoch + schedule.now + author.ahead);
    const { places } = Reflect.get(log, 'committer') as { places: object };
    if (!('before' in places)) throw new Error('bug: no places.before');
    Reflect.set(places, 'before', () => ({ newest: undefined, now: now() }));
  }

  /** Within a moment each, in pieces that are signed; a peer that cannot write begins when it can. */
  during(durationMs: number, post: FloodPost): void {
    const { schedule, random, settings, peers, clocks, restores } = this.world;
    // Logs of others would be held for as long as their clocks were wrong, or would be forks.
    const sound = peers.filter((peer) => !clocks.wasWrong(peer) && !restores.isHasty(peer));
    const end = schedule.now + durationMs;
    for (const [i, peer] of random.sample(sound, settings.flooding).entries()) {
      const author = { lie: LIES[i % LIES.length] ?? (() => 0), ahead: 0 };
      this.authors.set(peer, author);
      this.judge.suspect(peer.username);
      if (peer.machines) this.started(peer, peer.machines);
      schedule.after(random.between(0, durationMs / 4), () => this.flood(peer, author, POSTS, end, post));
    }
  }

  /** Everything has healed. One of them floods again, and the others write. */
  async afterwards(post: FloodPost, pass: (ms: number) => Promise<void>, settle: () => Promise<void>): Promise<void> {
    const { checker, peers } = this.world;
    const [first] = this.authors;
    if (!first) return;
    const [peer, author] = first;
    this.flood(peer, author, POSTS_AGAIN, Infinity, post);
    await pass(2 * SECOND);
    for (const other of peers) if (other.running && !this.judge.isSuspect(other.username)) post(other, GENERAL);
    await pass(PASSES_WITHIN_MS);
    const heldUp = missing(checker, peers, (device) => this.isSuspect(device));
    if (heldUp !== undefined) checker.wrong(`held up by a flood: ${heldUp}`);
    await settle();
    const late = this.right() - this.lastDue(peer);
    if (late > LATE_MAX_MS) checker.wrong(`some of a flood was taken ${Math.round(late / SECOND)} s after it was due`);
  }

  private flood(peer: SimulatedPeer, author: Author, posts: number, end: number, post: FloodPost): void {
    const { schedule, random } = this.world;
    let first: number | undefined;
    let [life, waiting] = [peer.life, 0];
    const write = (): void => {
      const length = peer.disk.length(GENERAL, peer.device);
      const written = length - (first ??= length);
      author.ahead = author.lie(written);
      if (written >= posts || schedule.now > end) {
        author.ahead = 0;
        return;
      }
      schedule.after(random.between(5, 15), write);
      // What was asked of an earlier process is never heard of.
      if (life !== peer.life) [life, waiting] = [peer.life, 0];
      // All that waits is signed in one piece: one that is larger than a burst would never be due.
      if (!peer.machines || peer.disk.full || waiting > 0) return;
      const asked = life;
      const settled = (): void => {
        if (asked === life) waiting--;
      };
      for (let i = 0; i < 4; i++, waiting++)
        post(peer, GENERAL, `${peer.name} floods ${this.posted++} ${TEXT}`, settled);
    };
    write();
  }

  private lastDue(peer: SimulatedPeer): number {
    let due = -Infinity;
    for (const entry of peer.disk.range(GENERAL, peer.device, 1, Infinity)) due = this.judge.due(entry);
    return due;
  }

  private isSuspect(device: Parameters<Authority['signer']>[0]): boolean {
    return this.judge.isSuspect(this.world.authority.signer(device).username);
  }

  private right(): number {
    return this.world.epoch + this.world.schedule.now;
  }
}
