/**
 * A gateway with many users who write all the time by the port of lines: its memory, how long a message takes to the last one who hears it, and whether all of
 * it comes, once and in order; the same beside senders of garbage; and what users cost who do nothing, awake and asleep.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../daemon/daemon.js';
import { quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { Crowd, type CrowdOrder, type Written } from './gateway-crowd.js';
import { residentBytes, takePeak } from './parley-daemons.js';

const MIB = 1024 * 1024;
/** What a person takes for "at once", and for "a moment". */
const AT_ONCE_MS = 100;
const MOMENT_MS = 1_000;
/** Until what a start, or a rush, leaves behind has been done. */
const SETTLE_MS = 5_000;
const MEMBERS = 20;
const RUN_MS = 16_000;

const memory: Target = { name: 'gateway, memory at its most', unit: 'MiB', bound: 'at most', ratio: 1 };
const held: Target = { name: 'gateway, all hear it within 1 s', unit: 'messages/s', bound: 'at least', ratio: 1 };
const p50: Target = { name: 'gateway, to the last who hears it, p50', unit: 'ms', bound: 'at most', ratio: 1 };
const p99: Target = { name: 'gateway, to the last who hears it, p99', unit: 'ms', bound: 'at most', ratio: 1 };
const whole: Target = { name: 'gateway, heard once and in order', unit: 'deliveries', bound: 'at least', ratio: 1 };
const beside: Target = { name: 'gateway, p50 beside garbage', unit: 'ms', bound: 'at most', ratio: 1.5 };
const asleep: Target = { name: 'gateway, memory of a user asleep', unit: 'KiB', bound: 'at most', ratio: 1 };

interface Ready {
  readonly lines: { readonly port: number };
}

const program = fileURLToPath(new URL('../daemon/entry.js', import.meta.url));
const start = (folder: string): Promise<Daemon<Ready>> =>
  Daemon.start<Ready>({
    ...{ name: 'gateway', program, readyWithinMs: 120_000 },
    args: [
      ...['gateway', '--json', '--data-dir', join(folder, 'gateway'), '--log-level', 'warn'],
      ...[
        '--web-port',
        '0',
        '--ws-port',
        '0',
        '--line-port',
        '0',
        '--irc-port',
        '0',
        '--peer-port',
        '0',
        '--tracker-port',
        '0',
      ],
    ],
  });

export const gateway: Benchmark = {
  name: 'gateway',
  about:
    '200 users in 10 channels of 20 write by the line port, up to once a second each; beside garbage; then all in one channel; then asleep',
  run: async (settings) => {
    const users = settings.crowd?.clients ?? (settings.quick ? MEMBERS : 200);
    let daemon = await start(settings.folder);
    try {
      await sleep(SETTLE_MS);
      const empty = await cost(daemon.pid);
      settings.progress(`no user: ${told(empty)}`);
      const rows = await chatting(settings, daemon, users, empty);
      if (settings.crowd) return rows;
      await daemon.stop(60_000);
      await allAsleep(join(settings.folder, 'gateway/users'));
      daemon = await start(settings.folder);
      await sleep(SETTLE_MS);
      const sleeping = await cost(daemon.pid);
      settings.progress(`${users} users asleep: ${told(sleeping)}`);
      const each = Math.max(0, sleeping.bytes - empty.bytes) / users / 1024;
      return [...rows, toRow(asleep, [each], [128])];
    } finally {
      await daemon.stop(60_000);
    }
  },
};

async function chatting(settings: Settings, daemon: Daemon<Ready>, users: number, empty: Cost): Promise<Row[]> {
  const { port } = daemon.ready.lines;
  const { progress } = settings;
  const from = performance.now();
  const rooms = await Crowd.clients(port, users, Math.ceil(users / MEMBERS));
  const crowds = [rooms];
  try {
    progress(`${users} users have registered in ${((performance.now() - from) / 1000).toFixed(0)} s`);
    await sleep(SETTLE_MS);
    const awake = await cost(daemon.pid);
    const more = (awake.bytes - empty.bytes) / users / MIB;
    progress(`${users} users awake, silent: ${told(awake)}; ${more.toFixed(2)} MiB each`);
    takePeak(daemon.pid);
    const rate = settings.crowd
      ? await atRate(settings.crowd, daemon.pid, rooms)
      : await fastest(settings, daemon.pid, rooms, users);
    if (settings.crowd) progress(figures(rate.alone));
    const peak = (takePeak(daemon.pid) ?? residentBytes(daemon.pid)) / MIB;
    const { alone, gapMs } = rate;
    const forMs = settings.crowd ? settings.crowd.minutes * 60_000 : RUN_MS;
    const garbage = await Crowd.noise(port);
    crowds.push(garbage);
    const disturbed = await measured(daemon.pid, () => rooms.write(orderOf(gapMs, 99, forMs)));
    progress(`beside garbage: ${figures(disturbed)}`);
    await garbage.close();
    for (const why of rooms.closed) progress(`closed: ${why}`);
    const [low, high] = [alone, disturbed].map(({ times }) => quantile(times, 0.5));
    const both = [alone, disturbed];
    const rows = [
      toRow(memory, [peak], [1024]),
      toRow(held, [(users * 1_000) / gapMs], [users]),
      toRow(p50, [low ?? NaN], [AT_ONCE_MS]),
      toRow(p99, [quantile(alone.times, 0.99)], [MOMENT_MS]),
      toRow(
        whole,
        both.map((run) => run.delivered - run.doubled - run.disordered),
        both.map((run) => run.expected),
      ),
      toRow(beside, [high ?? NaN], [low ?? NaN]),
    ];
    await rooms.close();
    if (!settings.quick && !settings.crowd) crowds.push(await oneChannel(settings, daemon, users));
    return rows;
  } finally {
    for (const crowd of crowds) await crowd.close();
  }
}

/** So that each rate is measured for as long as all others. */
const orderOf = (gapMs: number, run: number, forMs = RUN_MS): CrowdOrder => ({
  ...{ run, gapMs, each: Math.max(1, Math.round(forMs / gapMs)) },
});

type Asked = NonNullable<Settings['crowd']>;

interface Rate {
  readonly alone: Measured;
  readonly gapMs: number;
}

async function atRate({ everyMs, minutes }: Asked, pid: number, crowd: Crowd): Promise<Rate> {
  return { alone: await measured(pid, () => crowd.write(orderOf(everyMs, everyMs, minutes * 60_000))), gapMs: everyMs };
}

/** Everybody writes faster and faster, up to once a second. @returns the last rate at which 99 % is heard by all within a moment, or the first one */
async function fastest(settings: Settings, pid: number, crowd: Crowd, users: number): Promise<Rate> {
  let best: Rate | undefined;
  for (let gapMs = settings.quick ? 4_000 : 16_000; gapMs >= 1_000; gapMs /= 2) {
    const alone = await measured(pid, () => crowd.write(orderOf(gapMs, gapMs)));
    settings.progress(`each once in ${gapMs / 1000} s, ${(users * 1000) / gapMs} messages/s: ${figures(alone)}`);
    const isHeld = quantile(alone.times, 0.99) <= MOMENT_MS && alone.delivered === alone.expected;
    if (isHeld || !best) best = { alone, gapMs };
    if (!isHeld) break;
  }
  if (!best) throw new Error('bug: no rate was measured');
  return best;
}

/** The same where every message is for everybody: as many deliveries as users, for each. */
async function oneChannel(settings: Settings, daemon: Daemon<Ready>, users: number): Promise<Crowd> {
  const crowd = await Crowd.clients(daemon.ready.lines.port, users, 1);
  await sleep(SETTLE_MS);
  settings.progress(`all ${users} in one channel:`);
  await fastest(settings, daemon.pid, crowd, users);
  return crowd;
}

/** Nobody is woken by the next start. */
async function allAsleep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name, 'awake'), { force: true });
}

interface Cost {
  readonly bytes: number;
  /** Of one processor, over five seconds of silence. */
  readonly share: number;
}

async function cost(pid: number): Promise<Cost> {
  const [from, before] = [performance.now(), await processorMs(pid)];
  await sleep(5_000);
  return { bytes: residentBytes(pid), share: ((await processorMs(pid)) - before) / (performance.now() - from) };
}

type Measured = Written & { readonly share: number };

async function measured(pid: number, work: () => Promise<Written>): Promise<Measured> {
  const [from, before] = [performance.now(), await processorMs(pid)];
  const written = await work();
  return { ...written, share: ((await processorMs(pid)) - before) / (performance.now() - from) };
}

/** Used until now, of all its threads. NaN where the system does not say. */
async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function told({ bytes, share }: Cost): string {
  return `${(bytes / MIB).toFixed(0)} MiB, ${(100 * share).toFixed(1)} % of a processor`;
}

function figures({ times, expected, delivered, doubled, disordered, share }: Measured): string {
  const at = (q: number): string => quantile(times, q).toFixed(0);
  const lost = expected - delivered;
  return `to the last p50 ${at(0.5)} ms, p99 ${at(0.99)}, max ${at(1)}; of ${expected} lost ${lost}, doubled ${doubled}, out of order ${disordered}; ${(100 * share).toFixed(0)} % of a processor`;
}
