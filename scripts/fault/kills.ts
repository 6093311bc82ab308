/**
 * Real processes killed at any moment while all write (issue of reliability: 0 lost, 0 doubled, 1 order). What is killed,
 * and after how many acknowledgements, follows from the seed.
 */
import { join } from 'node:path';
import { Fleet } from './fleet.js';
import { settled, type Verdict } from './judge.js';
import { seededRandom, type SeededRandom } from './seeded-random.js';
import { Window, windowOf } from './window.js';
import { conversationsOf, direct, Writer } from './writer.js';

export interface KillOptions {
  readonly folder: string;
  readonly program: string;
  readonly peers: number;
  readonly kills: number;
  /** Of so many kills the one in the middle is of the tracker as well. */
  readonly trackerEvery?: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
  /** Where the daemons' logs are kept. */
  readonly logs?: string;
}

export interface KillReport extends Verdict {
  readonly seed: number;
  readonly kills: number;
  readonly trackerKills: number;
  readonly acknowledged: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly seconds: number;
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
/** So many acknowledgements, at most, between two kills. */
const BETWEEN_MAX = 30;
/** At most so many peers are dead at once. */
const DEAD_MAX = 2;
const TRACKER_EVERY = 10;
const SETTLE_MS = 120_000;

export async function runKills(options: KillOptions): Promise<KillReport> {
  const began = Date.now();
  const run = new KillRun(options);
  try {
    await run.begin();
    await run.kill();
    const verdict = await run.settle();
    return { ...verdict, ...run.facts(), seconds: (Date.now() - began) / 1000 };
  } finally {
    await run.close();
  }
}

class KillRun {
  readonly #random: SeededRandom;
  readonly #fleet: Fleet;
  readonly #names: readonly string[];
  readonly #writers = new Map<string, Writer>();
  readonly #windows = new Map<string, Window>();
  readonly #doubledInWindows: string[] = [];
  #acknowledged = 0;
  #awaited: { count: number; resolve: () => void } | undefined;
  #trackerKills = 0;

  constructor(private readonly options: KillOptions) {
    this.#random = seededRandom(options.seed);
    this.#fleet = new Fleet(join(options.folder, 'fleet'), options.program);
    this.#names = NAMES.slice(0, options.peers);
    if (this.#names.length < options.peers || options.peers < 3) throw new Error(`peers: 3 to ${NAMES.length}, please`);
  }

  async begin(): Promise<void> {
    await this.#fleet.tracker.start();
    await Promise.all(this.#names.map((name) => this.#fleet.addPeer(name)));
    for (const name of this.#names) {
      const writer = new Writer(
        name,
        conversationsOf(name, this.#names),
        seededRandom(this.options.seed + this.#names.indexOf(name) + 1),
        () => this.#heard(),
      );
      this.#writers.set(name, writer);
      await this.#sitDown(name);
    }
  }

  async kill(): Promise<void> {
    const { kills, trackerEvery = TRACKER_EVERY, say } = this.options;
    const dead: string[] = [];
    for (let done = 0; done < kills; done++) {
      await this.#acknowledgements(1 + this.#random.int(BETWEEN_MAX));
      if (done % trackerEvery === Math.floor(trackerEvery / 2)) await this.#killTracker();
      const victim = this.#random.pick(this.#names.filter((name) => !dead.includes(name)));
      await this.#fleet.peer(victim).kill9();
      dead.push(victim);
      while (dead.length > this.#random.int(DEAD_MAX + 1)) {
        const name = dead.shift();
        if (name !== undefined) await this.#restart(name);
      }
      if (!this.#fleet.tracker.running) await this.#fleet.tracker.start();
      if ((done + 1) % 20 === 0) say?.(`${done + 1} kills, ${this.#acknowledged} messages acknowledged`);
    }
    for (const name of dead) await this.#restart(name);
  }

  /** Everybody is back; what was written is in everybody's history, once. */
  async settle(): Promise<Verdict> {
    const writers = [...this.#writers.values()];
    for (const writer of writers) writer.stop();
    const answered = Date.now() + SETTLE_MS;
    while (writers.some(({ waiting }) => waiting > 0) && Date.now() < answered) await this.#acknowledgements(1, 1_000);
    const verdict = await settled(
      {
        conversations: this.#conversations(),
        acknowledged: new Map(writers.flatMap(({ acknowledged }) => [...acknowledged])),
      },
      SETTLE_MS,
    );
    for (const name of this.#names) this.#leave(name);
    return { ...verdict, doubled: [...verdict.doubled, ...this.#doubledInWindows] };
  }

  facts(): Omit<KillReport, keyof Verdict | 'seconds'> {
    const writers = [...this.#writers.values()];
    const refusals: Record<string, number> = {};
    for (const writer of writers)
      for (const [code, count] of writer.refusals) refusals[code] = (refusals[code] ?? 0) + count;
    const unanswered = writers.filter(({ waiting }) => waiting > 0);
    return {
      seed: this.options.seed,
      kills: this.options.kills,
      trackerKills: this.#trackerKills,
      acknowledged: this.#acknowledged,
      refusals,
      problems: [
        ...writers.flatMap(({ problems }) => problems),
        ...unanswered.map(({ username, waiting }) => `${username}: ${waiting} posts were never answered`),
        ...this.#crashes(),
      ],
    };
  }

  async close(): Promise<void> {
    for (const writer of this.#writers.values()) writer.close();
    await this.#fleet.close(this.options.logs);
  }

  /** What a peer says when two entries claim one place, or when it fell over by itself. */
  #crashes(): string[] {
    const signs = ['two different entries claim one place', '"level":60', 'bug:', 'Node.js v'];
    return [...this.#fleet.peers.values(), this.#fleet.tracker].flatMap(({ name, log }) =>
      log.filter((line) => signs.some((sign) => line.includes(sign))).map((line) => `${name}: ${line.slice(0, 300)}`),
    );
  }

  #conversations(): Map<string, Window[]> {
    const at = (name: string): Window => windowOf(this.#windows, name);
    const all = new Map([['#general', this.#names.map(at)]]);
    for (const one of this.#names)
      for (const other of this.#names) if (one < other) all.set(direct(one, other), [at(one), at(other)]);
    return all;
  }

  async #killTracker(): Promise<void> {
    await this.#fleet.tracker.kill9();
    this.#trackerKills++;
  }

  async #restart(name: string): Promise<void> {
    this.#leave(name);
    await this.#fleet.peer(name).start();
    await this.#sitDown(name);
  }

  async #sitDown(name: string): Promise<void> {
    const window = await Window.open(this.#fleet.peer(name).ready);
    this.#windows.set(name, window);
    this.#writers.get(name)?.attach(window);
  }

  #leave(name: string): void {
    const window = this.#windows.get(name);
    this.#doubledInWindows.push(...(window?.doubled ?? []).map((id) => `${name} was shown ${id} twice`));
    window?.close();
  }

  #heard(): void {
    this.#acknowledged++;
    if (this.#awaited && this.#acknowledged >= this.#awaited.count) this.#awaited.resolve();
  }

  /** Resolves after so many more; the living go on writing, so they come. */
  async #acknowledgements(more: number, withinMs = SETTLE_MS): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#awaited = { count: this.#acknowledged + more, resolve };
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
    this.#awaited = undefined;
  }
}
