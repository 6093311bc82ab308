/** One large file between two peers (targets: its speed, the memory that it takes, what a chat beside it feels). */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SentFile } from '../fault/file-door.js';
import { openBareFile, type BareFile } from './bare-file.js';
import { toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { chatBeside } from './file-chat.js';
import { residentBytes, takePeak } from './parley-daemons.js';
import { FilePeers } from './parley-files.js';
import { freeBytes, writeRandomFile, writeSparseFile } from './sample-file.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Until what a start leaves behind has been collected. */
const SETTLE_MS = 3_000;
const MEMORY_MAX = 64;

const speed = (name: string): Target => ({ name, unit: 'MB/s', bound: 'at least', ratio: 0.85 });
const memory = (name: string): Target => ({ name, unit: 'MiB', bound: 'at most', ratio: 1 });

export const file: Benchmark = {
  name: 'file',
  about: 'one file of 1 GiB between two peers, disk to disk, against bare TLS with the same hashing; chat beside it',
  run: async (settings) => {
    const size = settings.quick ? 128 * MIB : GIB;
    const path = join(settings.folder, 'sample.bin');
    await writeRandomFile(path, size);
    const bare = await openBareFile(settings.folder, path);
    try {
      return await withPeers(settings, async (peers, idle) => {
        const sent = await takeIn(peers, path);
        const rows = [...idle.rows('taking in', ['alice'])];
        rows.push(...(await compare(settings, { peers, bare, sent, size })));
        rows.push(...idle.rows(`a transfer of ${told(size)}`, ['alice', 'bob']));
        rows.push(await chatBeside(settings, peers, sent));
        return rows;
      });
    } finally {
      await bare.close();
    }
  },
};

export const fileMemory: Benchmark = {
  name: 'file-memory',
  about: 'memory of both peers while a file of 10 GiB goes from one to the other, against 64 MiB',
  run: async (settings) => {
    const size = settings.quick ? 512 * MIB : 10 * GIB;
    const needed = 2 * size + GIB;
    if ((await freeBytes(settings.folder)) < needed) {
      settings.progress(`left out: it takes ${told(needed)} of the disk`);
      return [];
    }
    const path = join(settings.folder, 'sparse.bin');
    await writeSparseFile(path, size);
    return withPeers(settings, async (peers, idle) => {
      const sent = await takeIn(peers, path);
      const rows = [...idle.rows(`taking in ${told(size)}`, ['alice'])];
      const seconds = await transfer(peers, sent);
      settings.progress(`${told(size)} in ${seconds.toFixed(1)} s: ${(size / 1e6 / seconds).toFixed(0)} MB/s`);
      return [...rows, ...idle.rows(`a transfer of ${told(size)}`, ['alice', 'bob'])];
    });
  },
};

/** Memory above what each peer had before. */
class Idle {
  constructor(
    private readonly peers: FilePeers,
    private readonly bytes: ReadonlyMap<string, number>,
  ) {}

  /** Of the time since the last call. */
  rows(what: string, names: readonly string[]): Row[] {
    const found: Row[] = [];
    for (const [name, before] of this.bytes) {
      const peak = takePeak(this.peers.get(name).daemon.pid);
      if (peak === undefined || !names.includes(name)) continue;
      const title = `memory for ${what}, ${name === 'alice' ? 'the one who has it' : 'the one who gets it'}`;
      found.push(toRow(memory(title), [(peak - before) / MIB], [MEMORY_MAX]));
    }
    return found;
  }
}

async function withPeers(
  { folder }: Settings,
  measure: (peers: FilePeers, idle: Idle) => Promise<Row[]>,
): Promise<Row[]> {
  const peers = await FilePeers.open(folder, ['alice', 'bob']);
  try {
    await sleep(SETTLE_MS);
    const bytes = new Map<string, number>();
    for (const name of ['alice', 'bob']) {
      const { pid } = peers.get(name).daemon;
      bytes.set(name, residentBytes(pid));
      takePeak(pid);
    }
    return await measure(peers, new Idle(peers, bytes));
  } finally {
    await peers.close();
  }
}

async function takeIn(peers: FilePeers, path: string): Promise<SentFile> {
  return peers.get('alice').door.send(createReadStream(path), (await stat(path)).size, 'sample.bin');
}

interface Compared {
  readonly peers: FilePeers;
  readonly bare: BareFile;
  readonly sent: SentFile;
  readonly size: number;
}

async function compare({ rounds, progress }: Settings, { peers, bare, sent, size }: Compared): Promise<Row[]> {
  const megabytes = size / 1e6;
  const speeds = { ours: [] as number[], plain: [] as number[], hashed: [] as number[] };
  const limit = async (duty: 'plain' | 'hashed'): Promise<number> => {
    const from = performance.now();
    if ((await bare.transfer(duty)) !== sent.sha256) throw new Error('the bare transfer brought another file');
    return megabytes / ((performance.now() - from) / 1000);
  };
  const ours = async (): Promise<number> => megabytes / (await transfer(peers, sent));
  // What is compiled, started and allocated once is paid for by no round.
  await limit('plain');
  await ours();
  for (let round = 1; round <= rounds; round += 1) {
    speeds.plain.push(await limit('plain'));
    speeds.ours.push(await ours());
    speeds.hashed.push(await limit('hashed'));
    const [plain, mine, hashed] = [speeds.plain, speeds.ours, speeds.hashed].map((all) => all.at(-1)?.toFixed(0));
    progress(`round ${round} of ${rounds}: bare ${plain}, Parley ${mine}, bare hashed on both ends ${hashed} MB/s`);
  }
  if ((await peers.get('bob').door.hashOf(sent.sha256)) !== sent.sha256) throw new Error('another file has come');
  return [
    toRow(speed('file, bare source only sends'), speeds.ours, speeds.plain),
    toRow(speed('file, bare source hashes too'), speeds.ours, speeds.hashed),
  ];
}

/** From the wish to the word that it is durable. @returns seconds */
async function transfer(peers: FilePeers, sent: SentFile): Promise<number> {
  const { door } = peers.get('bob');
  if (door.isHere(sent)) await door.clean(sent);
  const from = performance.now();
  await door.fetch(sent);
  await door.arrived(sent, 600_000);
  return (performance.now() - from) / 1000;
}

function told(bytes: number): string {
  return bytes >= GIB ? `${Math.round(bytes / GIB)} GiB` : `${Math.round(bytes / MIB)} MiB`;
}
