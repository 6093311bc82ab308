/** What a history takes of the disk once there is a pause: entries, indexes and the write-ahead log together. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Store } from '../../peer/store/store.js';
import { toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { LocalSocket, type Frame } from './local-socket.js';
import { startPeer, startTracker } from './parley-daemons.js';
import { seeded, Vocabulary } from './search-words.js';

const MESSAGE_BYTES = 8_000;
const UNDER_WAY = 100;
/** Nothing has changed for so long: it is a pause. */
const PAUSE_MS = 5_000;
const LOOK_MS = 500;

const taken = (who: string): Target => ({
  name: `disk: directory of ${who}`,
  unit: 'MB',
  bound: 'at most',
  ratio: 2.5,
});

export const disk: Benchmark = {
  name: 'disk',
  about: `4,000 messages of ${MESSAGE_BYTES} bytes: the data directories of who wrote and who received them, after a pause, against the bytes of the entries`,
  run: async (settings) => {
    const { folder, progress } = settings;
    const tracker = await startTracker(folder);
    const peers = [];
    const before: number[] = [];
    const after: number[] = [];
    try {
      for (const name of NAMES) peers.push(await startPeer(folder, tracker.ready.url, name));
      const [from, to] = await Promise.all(peers.map(({ ready }) => LocalSocket.signIn(ready)));
      if (!from || !to) throw new Error('bug: two peers have two sockets');
      await Promise.all([from.linkedTo(NAMES[1]), to.linkedTo(NAMES[0])]);
      before.push(...NAMES.map((name) => bytesOf(join(folder, name))));
      await write(settings, from, to);
      for (const name of NAMES) after.push(await atRest(join(folder, name)));
      from.socket.close();
      to.socket.close();
    } finally {
      for (const daemon of [...peers, tracker]) await daemon.stop();
    }
    return NAMES.map((name, i): Row => {
      const entries = entryBytes(join(folder, name));
      progress(`${name}: ${mb(before[i]).toFixed(1)} MB before, ${mb(after[i]).toFixed(1)} MB after`);
      return toRow(taken(name), [mb((after[i] ?? NaN) - (before[i] ?? NaN))], [mb(entries)]);
    });
  },
};

const NAMES = ['alice', 'bob'] as const;
const mb = (bytes = NaN): number => bytes / 1e6;

/** Resolves once all are written at the one, and have come to the other. */
async function write({ quick, progress }: Settings, from: LocalSocket, to: LocalSocket): Promise<void> {
  const count = quick ? 500 : 4_000;
  const words = new Vocabulary(seeded(8_000));
  let [sent, written] = [0, 0];
  const send = (): void => {
    let message = '';
    while (message.length < MESSAGE_BYTES) message += `${words.text()} `;
    const post = { id: ++sent, command: 'message.post', conversation: '#general', message };
    from.socket.send(JSON.stringify(post));
  };
  const all = Promise.all([
    heard(from, (frame) => {
      if (frame.type !== 'result') return false;
      if (!frame.ok) throw new Error(`message.post failed: ${frame.code}: ${frame.message}`);
      if (sent < count) send();
      return ++written === count;
    }),
    heard(to, counted(count)),
  ]);
  for (let i = 0; i < Math.min(UNDER_WAY, count); i++) send();
  await all;
  progress(`${count} messages are written and have come`);
}

function counted(count: number): (frame: Frame) => boolean {
  let come = 0;
  return (frame) => {
    if (frame.type === 'entries') come += frame.entries.length;
    return come >= count;
  };
}

/** Resolves with the first frame for which `over` holds. */
function heard({ socket }: LocalSocket, over: (frame: Frame) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = (data: Buffer): void => {
      try {
        if (!over(JSON.parse(data.toString()) as Frame)) return;
        socket.off('message', hear);
        resolve();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    socket.on('message', hear);
    socket.once('close', () => reject(new Error('a socket was closed')));
  });
}

/** The size of a folder once it has not changed for a while. */
async function atRest(folder: string): Promise<number> {
  let size = bytesOf(folder);
  for (let quiet = 0; quiet < PAUSE_MS; quiet += LOOK_MS) {
    await sleep(LOOK_MS);
    const now = bytesOf(folder);
    if (now !== size) [size, quiet] = [now, 0];
  }
  return size;
}

function bytesOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + bytesOf(path);
    return sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

/** As they cross the wire. */
function entryBytes(directory: string): number {
  const store = new Store({
    directory,
    keyed: true,
    now: Date.now(),
    timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    failed: (error) => {
      throw error;
    },
  });
  try {
    let bytes = 0;
    for (let after = 0, rows = store.entries.after(0, 100); rows.length > 0; rows = store.entries.after(after, 100)) {
      for (const { n, entry } of rows) {
        bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
        after = n;
      }
    }
    return bytes;
  } finally {
    store.close();
  }
}
