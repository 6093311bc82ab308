/**
 * What belongs to an account on the move, with real processes: backup, restore, a second device and an export of one history, each
 * killed at moments that follow from the seed, and then done whole. Nothing may be missing or there twice, nothing half may be taken
 * for a whole, and no key may be on two devices.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HistoryView } from '../../protocol/local-api.js';
import { HISTORY_PAGE_MAX } from '../../protocol/limits.js';
import { RunningPeer } from '../process/running-peer.js';
import { Fleet } from './fleet.js';
import { runCommand, type Ended } from './killed-command.js';
import { seededRandom, type SeededRandom } from './seeded-random.js';
import { linesOf, unzip } from './unzip.js';

export interface AccountOptions {
  readonly folder: string;
  /** The compiled daemon, and the compiled command line. */
  readonly program: string;
  readonly commands: string;
  readonly messages: number;
  /** In all: a quarter each of backups, restores, the second device, exports. */
  readonly kills: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
  readonly logs?: string;
}

export interface AccountReport {
  readonly messages: number;
  /** That really happened. */
  readonly kills: Readonly<Record<'backup' | 'restore' | 'device' | 'export', number>>;
  /** Seconds that each took whole. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly devices: number;
  readonly problems: readonly string[];
}

const GENERAL = '#general';
const DIRECT = '@alice+bob';
const AT_ONCE = 500;
const AGAIN_MS = 100;
/** Of the time that ten thousand messages take over a link on one machine. */
const PART_MS = 100;
/** A command, or a device, may be done before its kill. */
const TRIES = 5;
const PASSPHRASE = 'a passphrase of no importance';

export async function runAccount(options: AccountOptions): Promise<AccountReport> {
  const run = new AccountRun(options);
  try {
    await run.write();
    await run.move();
    await run.second();
    await run.export();
    return await run.report();
  } finally {
    await run.close();
  }
}

class AccountRun {
  readonly #fleet: Fleet;
  readonly #random: SeededRandom;
  readonly #kills = { backup: 0, restore: 0, device: 0, export: 0 };
  readonly #seconds: Record<string, number> = {};
  readonly #problems: string[] = [];
  /** Devices that began with nothing. */
  readonly #fresh: string[] = [];
  /** Of each conversation, sorted: in which order they are shown is judged elsewhere. */
  readonly #written = new Map<string, string[]>();

  constructor(private readonly options: AccountOptions) {
    this.#fleet = new Fleet(options.folder, options.program);
    this.#random = seededRandom(options.seed);
  }

  /** Half of it in the channel and half in private; each half by both. Then only alice's first device has it. */
  async write(): Promise<void> {
    await this.#fleet.tracker.start();
    for (const name of ['alice', 'bob']) await this.#fleet.addPeer(name);
    const each = Math.ceil(this.options.messages / 4);
    for (const conversation of [GENERAL, DIRECT]) {
      const all: string[] = [];
      for (const name of ['alice', 'bob']) {
        const texts = Array.from({ length: each }, (_, i) => `${name} ${conversation} ${i}`);
        await this.#at(name, async (peer) => {
          for (let from = 0; from < each; from += AT_ONCE)
            await Promise.all(
              texts.slice(from, from + AT_ONCE).map((message) => peer.run('message.post', { conversation, message })),
            );
        });
        all.push(...texts);
      }
      this.#written.set(conversation, all.sort());
    }
    await this.#complete('alice');
    await this.#fleet.peer('bob').stop();
    this.#say(`${each * 4} messages are at the first device`);
  }

  async move(): Promise<void> {
    const file = join(this.options.folder, 'alice.age');
    const source = ['--data-dir', this.#fleet.dataDir('alice')];
    const backup = await this.#whole('backup', ['backup', file, ...source]);
    await this.#killed('backup', backup.ms, (n) => {
      const output = join(this.options.folder, `killed-${n}.age`);
      return { args: ['backup', output, ...source], output };
    });
    const target = this.#fleet.dataDir('moved');
    const restore = await this.#whole('restore', ['restore', file, '--data-dir', target]);
    await this.#killed('restore', restore.ms, (n) => {
      const output = this.#fleet.dataDir(`killed-${n}`);
      return { args: ['restore', file, '--data-dir', output], output };
    });
    await this.#fleet.addPeer('moved', { username: 'alice' });
    await this.#complete('moved');
    await this.#fleet.peer('moved').stop();
  }

  /** A directory that was empty: all of it comes over the link. Another one where all has come before the last kill. */
  async second(): Promise<void> {
    const kills = Math.ceil(this.options.kills / 4);
    const began = performance.now();
    while (this.#kills.device < kills && this.#fresh.length < TRIES) {
      const name = `second-${this.#fresh.length + 1}`;
      this.#fresh.push(name);
      const machine = await this.#fleet.addPeer(name, { username: 'alice' });
      while (this.#kills.device < kills && (await this.#untilComing(name))) {
        await pause(this.#random.int(PART_MS));
        await machine.kill9();
        this.#kills.device++;
        await machine.start();
      }
      await this.#complete(name);
    }
    this.#seconds['second device'] = (performance.now() - began) / 1000;
    this.#say(`${this.#fresh.length} second devices are whole after ${this.#kills.device} kills`);
  }

  async export(): Promise<void> {
    const file = join(this.options.folder, 'whole.zip');
    const source = ['--data-dir', this.#fleet.dataDir('second-1')];
    const whole = await this.#whole('export', ['export', '-o', file, ...source]);
    const files = unzip(await readFile(file));
    for (const [conversation, path] of [
      [GENERAL, 'conversations/channel-general.jsonl'],
      [DIRECT, 'conversations/direct-bob.jsonl'],
    ] as const) {
      const texts = linesOf(files.get(path)).flatMap(({ kind, message }) => (kind === 'text' ? String(message) : []));
      this.#judge(`the export of ${conversation}`, texts.sort(), this.#written.get(conversation) ?? []);
    }
    await this.#killed('export', whole.ms, (n) => {
      const output = join(this.options.folder, `killed-${n}.zip`);
      return { args: ['export', '-o', output, ...source], output };
    });
  }

  async report(): Promise<AccountReport> {
    const keys = new Map<string, string>();
    for (const name of ['alice', 'bob', 'moved', ...this.#fresh]) {
      const pem = await readFile(join(this.#fleet.dataDir(name), 'identity', 'device-key.pem'));
      const key = createHash('sha256').update(pem).digest('hex');
      if (keys.has(key)) this.#problems.push(`${name} has the key of ${String(keys.get(key))}`);
      keys.set(key, name);
    }
    return {
      messages: [...this.#written.values()].reduce((sum, texts) => sum + texts.length, 0),
      ...{ kills: this.#kills, seconds: this.#seconds, devices: keys.size, problems: this.#problems },
    };
  }

  async close(): Promise<void> {
    await this.#fleet.close(this.options.logs);
  }

  /** Kills it within the time that a whole one took: what it was to make is not there, or whole. */
  async #killed(
    what: 'backup' | 'restore' | 'export',
    wholeMs: number,
    make: (n: number) => { readonly args: readonly string[]; readonly output: string },
  ): Promise<void> {
    let shortest = wholeMs;
    const kills = Math.ceil(this.options.kills / 4);
    for (let n = 0; this.#kills[what] < kills && n < kills * TRIES; n++) {
      const { args, output } = make(n);
      const { killed, ms } = await this.#run(args, shortest * (0.1 + (0.85 * this.#random.int(1_000)) / 1_000));
      if (killed) this.#kills[what]++;
      else shortest = Math.min(shortest, ms);
      if (existsSync(output) && !(await this.#isWhole(what, output, n))) this.#problems.push(`${output} is half there`);
    }
    this.#say(`${what}: ${this.#kills[what]} kills`);
  }

  /** What a killed command had put in its place all the same, as it was about to end. */
  async #isWhole(what: string, output: string, n: number): Promise<boolean> {
    if (what === 'restore') return existsSync(join(output, 'identity', 'retire.json'));
    if (what === 'export') return unzip(await readFile(output)).has('files.jsonl');
    const target = this.#fleet.dataDir(`of-killed-${n}`);
    return (await this.#run(['restore', output, '--data-dir', target])).code === 0;
  }

  async #whole(what: string, args: readonly string[]): Promise<Ended> {
    const ended = await this.#run(args);
    if (ended.code !== 0) throw new Error(`parley ${args.join(' ')} failed: ${ended.said}`);
    this.#seconds[what] = ended.ms / 1000;
    this.#say(`${what}: whole after ${(ended.ms / 1000).toFixed(1)} s`);
    return ended;
  }

  #run(args: readonly string[], killAfterMs?: number): Promise<Ended> {
    return runCommand(this.options.commands, args, { PARLEY_PASSPHRASE: PASSPHRASE }, killAfterMs);
  }

  /** Resolves while history comes. @returns false where all is there already */
  async #untilComing(name: string): Promise<boolean> {
    return this.#at(name, async (peer) => {
      let history: HistoryView | undefined;
      let more = (): void => undefined;
      peer.heard = (event) => {
        if (event.type === 'snapshot' || event.type === 'history') history = event.history;
        more();
      };
      for (;;) {
        const event = new Promise<void>((done) => (more = done));
        const { length } = await this.#texts(peer, DIRECT);
        if (history) return true;
        if (length === this.#written.get(DIRECT)?.length) return false;
        await event;
      }
    });
  }

  /** Resolves once as many are there as were written, and judges them. */
  async #complete(name: string): Promise<void> {
    await this.#at(name, async (peer) => {
      for (const [conversation, written] of this.#written) {
        let texts = await this.#texts(peer, conversation);
        while (texts.length < written.length) {
          await pause(AGAIN_MS);
          texts = await this.#texts(peer, conversation);
        }
        this.#judge(`${name} in ${conversation}`, texts.sort(), written);
      }
    });
  }

  #judge(where: string, texts: readonly string[], written: readonly string[]): void {
    const differs = written.findIndex((text, at) => texts[at] !== text);
    if (texts.length === written.length && differs < 0) return;
    this.#problems.push(`${where}: ${texts.length} of ${written.length}, first other at ${differs}`);
  }

  async #texts(peer: RunningPeer, conversation: string): Promise<string[]> {
    const found: string[] = [];
    for (let before: string | undefined; ;) {
      const place = before === undefined ? {} : { before };
      const page = await peer.run('history.page', { conversation, limit: HISTORY_PAGE_MAX, ...place });
      for (const { kind, message } of page.entries) if (kind === 'text') found.push(message);
      if (!page.more) return found;
      before = page.entries[0]?.id;
    }
  }

  async #at<T>(name: string, work: (peer: RunningPeer) => Promise<T>): Promise<T> {
    const peer = await RunningPeer.find({ 'data-dir': this.#fleet.dataDir(name) });
    try {
      return await work(peer);
    } finally {
      await peer.close();
    }
  }

  #say(line: string): void {
    this.options.say?.(line);
  }
}
