/** One run: a tracker, a daemon in each home, messages from all to all while links come and become others, and what was seen of it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Daemon, type PeerReady, type TrackerReady } from '../daemon/daemon.js';
import { settled, type Verdict } from '../fault/judge.js';
import { Window } from '../fault/window.js';
import { sendsFile, type FileEnd } from './files.js';
import { expected, type Kind, type Way } from './kinds.js';
import type { Home, Lab } from './lab.js';
import { Watch, type Seen } from './watch.js';

export interface RunOptions {
  readonly lab: Lab;
  /** One daemon each; a kind may be there twice. */
  readonly kinds: readonly Kind[];
  /** Where data and logs go. */
  readonly folder: string;
  /** The compiled `daemon/entry.js` and `nat/door.js`. */
  readonly programs: { readonly daemon: string; readonly door: string };
  /** By each, one after the other over `writeMs`. */
  readonly messages: number;
  readonly writeMs: number;
  /** How long links may take to be as expected, and how long they are watched then. */
  readonly withinMs: number;
  readonly watchMs: number;
  readonly say: (line: string) => void;
}

export interface PairResult extends Seen {
  readonly kinds: readonly [Kind, Kind];
  readonly expected: Way;
  /** By the log of either. */
  readonly punched: boolean;
}

export interface RunResult {
  readonly pairs: readonly PairResult[];
  readonly verdict: Verdict;
  /** What a window was shown twice. */
  readonly doubled: number;
  /** Files that were sent, over one link of each way, and why those that did not come did not. */
  readonly files: { readonly sent: number; readonly faults: readonly string[] };
}

interface Machine {
  readonly home: Home;
  readonly ui: string;
  readonly window: Window;
  readonly log: string[];
  readonly door: ChildProcess;
}

const AT_ONCE = 3;
/** What one says at once. One by one they would be as many packets as messages: a load of its own, which is not what is looked at. */
const BURST = 20;
const UI_PORT = 19_000;
const JUDGE_MS = 120_000;

export async function run(options: RunOptions): Promise<RunResult> {
  const { lab, kinds, folder, programs, messages, writeMs, withinMs, watchMs, say } = options;
  const tracker = await Daemon.start<TrackerReady>({
    ...{ name: 'tracker', program: programs.daemon, under: lab.trackerUnder },
    args: [
      'tracker',
      '--json',
      '--host',
      '::',
      '--port',
      String(lab.trackerPort),
      '--data-dir',
      join(folder, 'tracker'),
      // Every home makes its own account.
      ...['--registration', 'open'],
    ],
    readyWithinMs: 60_000,
  });
  const homes: Home[] = [];
  for (const [at, kind] of kinds.entries())
    homes.push(await lab.home(`${kind}-${String.fromCodePoint(97 + at)}`, kind));
  const watch = new Watch();
  const daemons: Daemon<PeerReady>[] = [];
  const machines: Machine[] = [];
  // All at once would be slow for each, and that is not what is looked at.
  for (let at = 0; at < homes.length; at += AT_ONCE) {
    const some = homes.slice(at, at + AT_ONCE);
    machines.push(...(await Promise.all(some.map((home, next) => start(home, at + next, options, watch, daemons)))));
  }
  say(`${machines.length} daemons are up`);
  const all = machines.flatMap((a, at) => machines.slice(at + 1).map((b) => [a, b] as const));
  // Without a delay each gets the other's refusal before it has sent anything itself.
  const isRefusal = ({ home }: Machine): boolean => lab.undelayed !== undefined && home.kind === 'rst';
  const pairs = all.filter(([a, b]) => !isRefusal(a) || !isRefusal(b));
  if (lab.undelayed !== undefined)
    say(`NOT LOOKED AT: rst with rst, since packets are not held up here: ${lab.undelayed}`);
  const writing = write(machines, messages, writeMs);
  const isAsExpected = ([a, b]: readonly [Machine, Machine]): boolean => {
    const { path } = watch.pair(a.home.name, b.home.name);
    return path === (expected(a.home.kind, b.home.kind) === 'relayed' ? 'relayed' : 'direct');
  };
  await watch.until(() => pairs.every(isAsExpected), withinMs);
  say(`${pairs.filter(isAsExpected).length} of ${pairs.length} pairs are as expected`);
  const acknowledged = await writing;
  await pause(watchMs);
  const seen = pairs.map(([a, b]): PairResult => {
    const [one, other] = [a.home, b.home];
    const made = (by: Machine, of: Home): boolean =>
      by.log.some((line) => line.includes('a hole was made') && line.includes(of.name));
    return {
      ...watch.pair(one.name, other.name),
      kinds: [one.kind, other.kind],
      expected: expected(one.kind, other.kind),
      punched: made(a, other) || made(b, one),
    };
  });
  const windows = machines.map(({ window }) => window);
  const verdict = await settled({ conversations: new Map([['#general', windows]]), acknowledged }, JUDGE_MS);
  const files = await sendFiles(pairs, seen);
  const doubled = windows.reduce((sum, window) => sum + window.doubled.length, 0);
  for (const window of windows) window.close();
  await Promise.all([...daemons, tracker].map((daemon) => daemon.stop()));
  for (const { door } of machines) door.kill();
  await mkdir(join(folder, 'logs'), { recursive: true });
  for (const { home, log } of machines)
    await writeFile(join(folder, 'logs', `${home.name}.log`), `${log.join('\n')}\n`);
  return { pairs: seen, verdict, doubled, files };
}

/** Over one link of each way. */
async function sendFiles(pairs: readonly (readonly [Machine, Machine])[], seen: readonly PairResult[]) {
  const faults: string[] = [];
  let sent = 0;
  for (const way of ['dialled', 'punched', 'relayed'] as const) {
    const [a, b] = pairs[seen.findIndex(({ expected: wanted }) => wanted === way)] ?? [];
    if (!a || !b) continue;
    const end = ({ home, window, ui }: Machine): FileEnd => ({ name: home.name, window, ui });
    sent += 1;
    const fault = await sendsFile(end(a), end(b));
    if (fault !== undefined) faults.push(`${a.home.name} to ${b.home.name} (${way}): ${fault}`);
  }
  return { sent, faults };
}

async function start(
  home: Home,
  at: number,
  { folder, programs }: RunOptions,
  watch: Watch,
  daemons: Daemon<PeerReady>[],
): Promise<Machine> {
  const log: string[] = [];
  const port = UI_PORT + at;
  const daemon = await Daemon.start<PeerReady>({
    ...{ name: home.name, program: programs.daemon, under: home.under, env: { PARLEY_PASSWORD: 'of no importance' } },
    args: [
      ...['peer', '--json', '--username', home.name, '--register', '--tracker', home.tracker, '--log-level', 'debug'],
      ...['--host', home.kind === 'v6' ? '::' : '0.0.0.0', '--peer-port', '9101', '--ui-port', String(port)],
      ...['--data-dir', join(folder, home.name)],
    ],
    onLog: (line) => void log.push(line),
    readyWithinMs: 120_000,
  });
  daemons.push(daemon);
  const door = await openDoor(home, port, programs.door);
  const window = await Window.open(daemon.ready);
  await window.until(() => window.tracker === 'connected', `${home.name} with the tracker`);
  watch.add(home.name, window);
  return { home, window, log, door, ui: daemon.ready.ui };
}

/** From here on this port of the home is there under the same number in the sandbox. */
async function openDoor({ under }: Home, port: number, program: string): Promise<ChildProcess> {
  const [command, ...rest] = under;
  const child = spawn(command, [...rest, process.execPath, program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const opened = once(child, 'message');
  child.send({ port }, server);
  await opened;
  // The home has its own handle of it.
  server.close();
  return child;
}

/** Everybody says everything, in bursts at an even pace. @returns text → where it was acknowledged */
async function write(machines: readonly Machine[], count: number, overMs: number) {
  const acknowledged = new Map<string, { conversation: string; id: string }>();
  const began = performance.now();
  const post = async ({ home, window }: Machine, text: string): Promise<void> => {
    const result = await window.post('#general', text, text);
    if (result?.ok !== true) throw new Error(`${home.name} could not write: ${JSON.stringify(result)}`);
    acknowledged.set(text, { conversation: '#general', id: (result['entry'] as { id: string }).id });
  };
  const writeAll = async (machine: Machine): Promise<void> => {
    for (let done = 0; done < count; done += BURST) {
      const numbers = Array.from({ length: Math.min(BURST, count - done) }, (_, at) => done + at + 1);
      await Promise.all(numbers.map((number) => post(machine, `${machine.home.name} ${number}`)));
      const ahead = ((done + BURST) / count) * overMs - (performance.now() - began);
      if (ahead > 0) await pause(ahead);
    }
  };
  await Promise.all(machines.map(writeAll));
  return acknowledged;
}
