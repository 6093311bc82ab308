/** One run: peers are prepared, come, stay for a while, and lose their tracker once. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChannelName, Username } from '../../protocol/ids.js';
import { TrackerHttp } from '../../peer/tracker-client/http.js';
import { systemClock } from '../../tracker/clock.js';
import { Caller, signUp } from './caller.js';
import { Crowd } from './crowd.js';
import { countOf, quantileOf, sum, type Reading, type Timed } from './figures.js';
import type { Account } from './orders.js';
import { Outsider } from './outsider.js';
import type { OwnTracker } from './own-tracker.js';

/** Below what an account may have online, register in a day, and hold sessions of. */
const DEVICES_EACH = 20;
/** So many accounts are made at once. */
const AT_ONCE = 4;
const REQUEST_MS = 30_000;
const LOOK_MS = 100;
/** Joins and leaves that all should hear of. */
const CALLS = 10;
const HEARD_WITHIN_MS = 30_000;
/** When nobody has heard for so long, all who are told have been. */
const QUIET_MS = 500;
const MIB = 1024 * 1024;

export interface LoadOptions {
  readonly tracker: string;
  /** Where the tracker is ours: it is killed once, and its processor time read. */
  readonly own?: OwnTracker | undefined;
  readonly invite?: string | undefined;
  readonly peers: number;
  /** They are told of all, as peers of earlier versions. */
  readonly whole: boolean;
  readonly channels: number;
  readonly processes: number;
  readonly minutes: number;
  /** All come within so many seconds. */
  readonly within: number;
  /** For all to be there. Seconds. */
  readonly patience: number;
  readonly say: (line: string) => void;
}

export interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

export class Load {
  readonly #options: LoadOptions;
  readonly #crowd: Crowd;
  readonly #http: TrackerHttp;
  readonly #lines: Line[] = [];
  /** In the names of its accounts. */
  readonly #name = randomBytes(3).toString('hex');

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#crowd = new Crowd(options.processes);
    this.#http = new TrackerHttp({
      clock: systemClock,
      timers: systemClock,
      timeoutMs: REQUEST_MS,
      dated: () => undefined,
    });
  }

  /** Errors: the tracker refuses, or a process fails. */
  async run(): Promise<readonly Line[]> {
    const { tracker, own, say, whole } = this.#options;
    const accounts = await this.#accounts();
    const [first] = accounts;
    if (!first) throw new Error('There is nobody to come.');
    say(`${accounts.length} accounts are there; their devices are registered …`);
    await this.#crowd.prepare(tracker, accounts, whole);
    const outsider = new Outsider(tracker, first.token);
    const asking = outsider.run();
    try {
      await this.#arrival(outsider);
      await this.#stay(outsider);
      await this.#news();
      if (own) await this.#restart(own, outsider);
    } finally {
      outsider.stop();
      await asking;
    }
    await this.#crowd.leave();
    this.#http.close();
    return this.#lines;
  }

  kill(): void {
    this.#crowd.kill();
  }

  async #accounts(): Promise<Account[]> {
    const { peers, channels, tracker, invite } = this.#options;
    const entry = { base: new URL(tracker), http: this.#http, invite };
    const counts: number[] = [];
    for (let left = peers; left > 0; left -= DEVICES_EACH) counts.push(Math.min(left, DEVICES_EACH));
    const accounts: Account[] = [];
    const left = counts.entries();
    const makeAll = async (): Promise<void> => {
      for (const [at, devices] of left) {
        const username = `load-${this.#name}-${at}` as Username;
        const { token } = await signUp(entry, username);
        const channel = channels > 0 ? [`load-${at % channels}` as ChannelName] : [];
        accounts.push({ username, token, devices, channels: ['general' as ChannelName, ...channel] });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, makeAll));
    return accounts;
  }

  async #arrival(outsider: Outsider): Promise<void> {
    const { within, say, peers } = this.#options;
    const [before, processorBefore] = [await this.#memory(), this.#options.own?.processorMs];
    outsider.read();
    say(`${peers} peers come within ${within} s …`);
    await this.#crowd.come(within * 1000);
    const { seconds, reading } = await this.#allHere();
    this.#add('all are there after', seconds, 's');
    this.#processor('until all are there', processorBefore);
    this.#times(reading, ['sign-in', 'submit-info', 'snapshot']);
    this.#outside('while they come', outsider);
    this.#add('bytes to each until all are there', reading.receivedBytes / peers / 1024, 'KiB');
    this.#add('memory of the tracker a peer', (((await this.#memory()) - before) * MIB) / 1024 / peers, 'KiB');
  }

  async #stay(outsider: Outsider): Promise<void> {
    const { minutes, own, say } = this.#options;
    say(`they stay for ${minutes} min …`);
    const [began, before] = [performance.now(), own?.processorMs];
    // Where a process fails, the rest of that time does not keep this one.
    await Promise.race([wait(minutes * 60_000, undefined, { ref: false }), this.#crowd.failed]);
    const passed = performance.now() - began;
    const { reading } = await this.#crowd.read();
    this.#times(reading, ['heart-beat']);
    this.#add('lost while they stay', countOf(Object.values(reading.failures)), 'connections');
    this.#outside('while they stay', outsider);
    const after = own?.processorMs;
    if (before !== undefined && after !== undefined)
      this.#add('processor of the tracker while they stay', (100 * (after - before)) / passed, '%');
    this.#add('memory of the tracker', await this.#memory(), 'MiB');
  }

  /** How long it takes until the last has heard that one has moved, of all or of those who are told. */
  async #news(): Promise<void> {
    const { peers, tracker, invite } = this.#options;
    const username = `load-${this.#name}-caller` as Username;
    const session = await signUp({ base: new URL(tracker), http: this.#http, invite }, username);
    const one = await Caller.register(this.#http, session, username);
    const times: number[] = [];
    const counts: number[] = [];
    for (let n = 0; n < CALLS; n += 1) {
      const host = `192.0.2.${n + 1}`;
      await this.#crowd.listen(`"${host}"`);
      const began = performance.timeOrigin + performance.now();
      await one.moveTo(host);
      const heard = await this.#heard(peers);
      counts.push(heard.count);
      if (heard.count > 0) times.push(heard.lastAt - began);
    }
    const median = (all: number[]): number => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
    this.#add('told of one who moves, median', median(counts), 'peers');
    this.#add('the last of them is told after, median', median(times), 'ms');
  }

  async #restart(own: OwnTracker, outsider: Outsider): Promise<void> {
    this.#options.say('the tracker is killed, and started again …');
    await own.restart();
    outsider.read();
    await this.#crowd.read();
    const { seconds, reading } = await this.#allHere();
    this.#add('after a restart all are back after', seconds, 's');
    // Of the new process, with its start.
    this.#processor('until all are back', 0);
    this.#times(reading, ['snapshot']);
    for (const [code, count] of Object.entries(reading.failures)) this.#add(`attempts that failed: ${code}`, count, '');
    this.#outside('while they come back', outsider);
  }

  async #allHere(): Promise<{ seconds: number; reading: Reading }> {
    const { peers, patience } = this.#options;
    const began = performance.now();
    const readings: Reading[] = [];
    for (;;) {
      const { reading } = await this.#crowd.read();
      readings.push({ ...reading, online: 0 });
      const seconds = (performance.now() - began) / 1000;
      const all = sum(readings);
      if (reading.online >= peers) return { seconds, reading: all };
      if (seconds > patience)
        throw new Error(`After ${patience} s ${reading.online} of ${peers} are there: ${JSON.stringify(all.failures)}`);
      await wait(LOOK_MS);
    }
  }

  /** Once `by` have, or nobody more does. */
  async #heard(by: number): Promise<{ count: number; lastAt: number }> {
    for (const end = performance.now() + HEARD_WITHIN_MS; ;) {
      const { heard } = await this.#crowd.read();
      const quietMs = performance.timeOrigin + performance.now() - heard.lastAt;
      if (heard.count >= by || (heard.count > 0 && quietMs > QUIET_MS) || performance.now() > end) return heard;
      await wait(LOOK_MS);
    }
  }

  /** MiB; NaN where the tracker does not tell. */
  async #memory(): Promise<number> {
    const response = await fetch(new URL('/metrics', this.#options.tracker));
    const found = /^parley_resident_memory_bytes (\S+)$/m.exec(await response.text());
    return Number(found?.[1] ?? NaN) / MIB;
  }

  #times({ times }: Reading, of: readonly Timed[]): void {
    for (const what of of) {
      this.#add(`${what}, p50`, quantileOf(times[what], 0.5), 'ms');
      this.#add(`${what}, p99`, quantileOf(times[what], 0.99), 'ms');
    }
  }

  /** @param before that it had taken until then, ms */
  #processor(until: string, before: number | undefined): void {
    const now = this.#options.own?.processorMs;
    if (before !== undefined && now !== undefined)
      this.#add(`processor of the tracker ${until}`, (now - before) / 1000, 's');
  }

  #outside(when: string, outsider: Outsider): void {
    const { times, failures } = outsider.read();
    this.#add(`a list for somebody else ${when}, p50`, quantileOf(times.list, 0.5), 'ms');
    this.#add(`a list for somebody else ${when}, p99`, quantileOf(times.list, 0.99), 'ms');
    this.#add(`… failed, of ${countOf(times.list)}`, countOf(Object.values(failures)), '');
  }

  #add(what: string, value: number, unit: string): void {
    this.#lines.push({ what, value, unit });
  }
}
