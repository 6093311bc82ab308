/** A peer comes back that was away while 100,000 entries were written (targets: how long until it has them all, durably). */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { DeviceId } from '../../protocol/ids.js';
import type { CommandResult, PersonView } from '../../protocol/local-api.js';
import { Store } from '../../peer/store/store.js';
import { Daemon } from '../daemon/daemon.js';
import { toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { limitProgram, makeCertificate } from './limit-programs.js';
import { LocalSocket, type Frame } from './local-socket.js';
import { processorMs, startPeer, startRegisteredPeer, startTracker } from './parley-daemons.js';

const WITHIN_MS = 5_000;
/** Commands of which no answer has come yet. */
const UNDER_WAY = 2_000;
/** A message for the bench is so long, as in the others. */
const TEXT = 'x'.repeat(200);
const FOLDER = 'catch-up';

const whole: Target = { name: 'catch-up, all durable', unit: 'ms', bound: 'at most', ratio: 1 };
const bare: Target = { name: 'catch-up, against bare TLS and insert', unit: 'ms', bound: 'at most', ratio: 4 };

export const catchUp: Benchmark = {
  name: 'catch-up',
  about:
    '100,000 entries of 200 bytes for a peer that was away, until all are durable there, against bare TLS and insert of the same',
  run: async (settings) => {
    const count = settings.quick ? 10_000 : 100_000;
    const folder = join(settings.folder, FOLDER);
    const tracker = await startTracker(folder);
    const alice = await startPeer(folder, tracker.ready.url, 'alice');
    try {
      const writer = new Window(await LocalSocket.signIn(alice.ready));
      const ours: number[] = [];
      const rooms: string[] = [];
      for (let round = 0; round < settings.rounds; round++) {
        // New ones each time: what one log may grow at once is bounded.
        const channels = ['a', 'b'].map((name) => `catch-up-${round}-${name}`);
        rooms.push(...channels.map((name) => `#${name}`));
        const { ms, used } = await away(folder, tracker.ready.url, writer, { channels, count });
        ours.push(ms);
        settings.progress(`round ${round + 1}: ${ms.toFixed(0)} ms, of a processor ${used?.toFixed(0) ?? '?'} ms`);
      }
      await alice.stop();
      const lines = join(settings.folder, 'lines.json');
      await writeLines(join(folder, 'alice'), rooms.slice(0, 2), lines);
      const limits = await bareTimes(settings, lines, count);
      return rowsOf(ours, limits, count);
    } finally {
      await alice.stop();
      await tracker.stop();
    }
  },
};

function rowsOf(ours: readonly number[], limits: readonly number[], count: number): Row[] {
  const within = ours.map(() => (WITHIN_MS * count) / 100_000);
  return [toRow(whole, ours, within), toRow(bare, ours, limits)];
}

interface Round {
  readonly channels: readonly string[];
  readonly count: number;
}

/** Bob joins, goes, and comes back once all is written. */
async function away(
  folder: string,
  tracker: string,
  writer: Window,
  { channels, count }: Round,
): Promise<{ ms: number; used: number | undefined }> {
  const before = await startPeer(folder, tracker, 'bob');
  const joiner = new Window(await LocalSocket.signIn(before.ready));
  for (const channel of channels) {
    await writer.run({ command: 'channel.join', channel });
    await joiner.run({ command: 'channel.join', channel });
  }
  await before.stop();
  const wanted = new Map<string, number>();
  for (const channel of channels)
    wanted.set(`#${channel}`, await writer.post(`#${channel}`, Math.ceil(count / channels.length)));
  const bob = await startRegisteredPeer(folder, tracker, 'bob', {});
  try {
    await writer.linkedTo('bob');
    const [from, used] = [performance.now(), processorMs(bob.pid)];
    await writer.delivered('bob', wanted);
    const now = processorMs(bob.pid);
    return { ms: performance.now() - from, used: now === undefined || used === undefined ? undefined : now - used };
  } finally {
    await bob.stop();
  }
}

/** Of one user: their commands, and what others hold of what they wrote. */
class Window {
  private readonly waiting = new Map<number, (result: CommandResult) => void>();
  private readonly held = new Map<string, Record<string, number>>();
  private readonly linked = new Set<string>();
  private changed: (() => void) | undefined;
  private id = 0;

  constructor(private readonly local: LocalSocket) {
    local.socket.on('message', (data: Buffer) => this.take(JSON.parse(data.toString()) as Frame));
  }

  run(command: object): Promise<CommandResult> {
    const id = ++this.id;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (result) => (result.ok ? resolve(result) : reject(new Error(result.message))));
      this.local.socket.send(JSON.stringify({ id, ...command }));
    });
  }

  /** @returns the number of the last one in its log */
  async post(conversation: string, count: number): Promise<number> {
    let last = 0;
    for (let sent = 0; sent < count; sent += UNDER_WAY) {
      const some = Array.from({ length: Math.min(UNDER_WAY, count - sent) }, () =>
        this.run({ command: 'message.post', conversation, message: TEXT }),
      );
      for (const result of await Promise.all(some)) {
        const { entry } = result as unknown as { entry: { seq: number } };
        last = Math.max(last, entry.seq);
      }
    }
    return last;
  }

  linkedTo(user: string): Promise<void> {
    return this.until(() => this.linked.has(user));
  }

  /** Resolves once the user's device has acknowledged all of it. @param wanted conversation → seq */
  delivered(user: string, wanted: ReadonlyMap<string, number>): Promise<void> {
    return this.until(() => [...wanted].every(([id, seq]) => (this.held.get(id)?.[user] ?? 0) >= seq));
  }

  private until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.changed = () => {
        if (holds()) resolve();
      };
      this.changed();
    });
  }

  private take(frame: Frame): void {
    if (frame.type === 'result') {
      this.waiting.get(frame.id)?.(frame);
      this.waiting.delete(frame.id);
    }
    if (frame.type === 'receipts') this.held.set(frame.conversation, frame.receipts);
    if (frame.type === 'conversation') this.held.set(frame.conversation.id, frame.conversation.receipts);
    if (frame.type === 'person') this.note(frame.person);
    this.changed?.();
  }

  private note({ username, link }: PersonView): void {
    if (link === 'linked') this.linked.add(username);
    else this.linked.delete(username);
  }
}

/** What was written there by the device of this folder, as it goes over a link. */
async function writeLines(directory: string, rooms: readonly string[], path: string): Promise<void> {
  const store = new Store({
    directory,
    now: Date.now(),
    timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    failed: (error) => {
      throw error;
    },
  });
  const file = createWriteStream(path);
  try {
    for (const { conversation, device, seq } of store.entries.ends())
      if (rooms.includes(conversation) && seq > 1) write(store, { conversation, device, file });
  } finally {
    store.close();
    file.end();
  }
  await finished(file);
}

interface LogLines {
  readonly conversation: Parameters<Store['entries']['range']>[0];
  readonly device: DeviceId;
  readonly file: { write(text: string): boolean };
}

function write(store: Store, { conversation, device, file }: LogLines): void {
  for (let from = 1; ;) {
    const some = store.entries.range(conversation, device, from, 1_000);
    if (some.length === 0) return;
    file.write(some.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    from += some.length;
  }
}

async function bareTimes({ folder, rounds, progress }: Settings, lines: string, count: number): Promise<number[]> {
  const { key, certificate } = await makeCertificate(folder);
  const start = <Ready>(name: string, more: string): Promise<Daemon<Ready>> =>
    Daemon.start<Ready>({ name, program: limitProgram(name), args: [key, certificate, more] });
  const source = await start<{ tls: number }>('file-source', lines);
  const sink = await start<{ http: number }>('lines-sink', String(source.ready.tls));
  const times: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const to = join(folder, `bare-${round}.db`);
      const from = performance.now();
      const answer = await fetch(`http://127.0.0.1:${sink.ready.http}/?${new URLSearchParams({ to }).toString()}`);
      const told = await answer.text();
      if (!answer.ok || Number(told) < count) throw new Error(`the bare catch-up failed: ${told}`);
      times.push(performance.now() - from);
      await rm(to, { force: true });
    }
  } finally {
    await Promise.all([source.stop(), sink.stop()]);
  }
  progress(`bare: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  return times;
}
