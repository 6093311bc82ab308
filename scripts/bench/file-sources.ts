/** A file whose author is gone, from two who have it against one of them, where the way to each of them is what limits. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileDoor, type SentFile } from '../fault/file-door.js';
import { Fleet } from '../fault/fleet.js';
import { Line } from '../fault/line.js';
import { Window } from '../fault/window.js';
import { toRow, type Benchmark, type Target } from './benchmark.js';
import { program } from './parley-daemons.js';
import { writeRandomFile } from './sample-file.js';

const MIB = 1024 * 1024;
/** Of each line, bytes a second: far below what a processor does. */
const SPEED = 4 * MIB;
const target: Target = { name: 'file from two sources', unit: 'MB/s', bound: 'at least', ratio: 1.8 };

export const fileSources: Benchmark = {
  name: 'file-sources',
  about: `a file whose author is gone, from two who have it against one, over lines of ${SPEED / MIB} MiB/s`,
  run: async ({ folder, quick, rounds, progress }) => {
    const path = join(folder, 'sample.bin');
    await writeRandomFile(path, (quick ? 8 : 32) * MIB);
    const fleet = new Fleet(join(folder, 'fleet'), program);
    const dave = new Reader(fleet);
    try {
      const sent = await spread(fleet, path);
      await dave.start();
      const megabytes = (await stat(path)).size / 1e6;
      const [ours, limits]: [number[], number[]] = [[], []];
      await dave.connect('bob');
      await dave.get(sent);
      for (let round = 1; round <= rounds; round += 1) {
        limits.push(megabytes / (await dave.get(sent)));
        await dave.connect('carol');
        ours.push(megabytes / (await dave.get(sent)));
        await dave.disconnect('carol');
        const [one, two] = [limits.at(-1)?.toFixed(1), ours.at(-1)?.toFixed(1)];
        progress(`round ${round} of ${rounds}: from one ${one}, from two ${two} MB/s`);
      }
      return [toRow(target, ours, limits)];
    } finally {
      await dave.close();
      await fleet.close();
    }
  },
};

/** Alice gives it to bob and carol, and is killed; the tracker forgets where they are, so that dave cannot reach them past his lines. */
async function spread(fleet: Fleet, path: string): Promise<SentFile> {
  await fleet.tracker.start();
  const doors = new Map<string, FileDoor>();
  for (const name of ['alice', 'bob', 'carol']) {
    const { ready } = await fleet.addPeer(name);
    doors.set(name, new FileDoor(await Window.open(ready), ready.ui));
  }
  const [alice, ...others] = [...doors.values()];
  if (!alice) throw new Error('bug: nobody has the file');
  const { window } = alice;
  await window.until(() => window.linkedTo('bob') && window.linkedTo('carol'), 'the links of alice');
  const sent = await alice.send(createReadStream(path), (await stat(path)).size, 'sample.bin');
  await Promise.all(
    others.map(async (door) => {
      await door.fetch(sent);
      await door.arrived(sent);
    }),
  );
  await fleet.peer('alice').kill9();
  for (const door of doors.values()) door.window.close();
  await Promise.all(['bob', 'carol'].map((name) => fleet.peer(name).stop()));
  await fleet.tracker.kill9();
  await fleet.tracker.start();
  await fleet.addPeer('dave');
  await fleet.tracker.kill9();
  await Promise.all(['bob', 'carol'].map((name) => fleet.peer(name).start()));
  return sent;
}

/** Dave, who reaches the others by lines alone. */
class Reader {
  readonly #lines = new Map<string, Line>();
  #door: FileDoor | undefined;

  constructor(private readonly fleet: Fleet) {}

  async start(): Promise<void> {
    const { ready } = this.fleet.peer('dave');
    this.#door = new FileDoor(await Window.open(ready), ready.ui);
  }

  async connect(username: string): Promise<void> {
    const line = await Line.to(this.fleet.peer(username).ready.p2p, { speed: SPEED });
    this.#lines.set(username, line);
    const { window } = this.#own;
    await window.command('peer.connect', { username, host: '127.0.0.1', port: line.port });
    await window.until(() => window.linkedTo(username), `the link of dave and ${username}`);
  }

  async disconnect(username: string): Promise<void> {
    await this.#lines.get(username)?.close();
    this.#lines.delete(username);
    const { window } = this.#own;
    await window.until(() => !window.linkedTo(username), `dave missing ${username}`);
  }

  /** @returns seconds */
  async get(sent: SentFile): Promise<number> {
    if (this.#own.isHere(sent)) await this.#own.clean(sent);
    const from = performance.now();
    await this.#own.fetch(sent);
    await this.#own.arrived(sent);
    return (performance.now() - from) / 1000;
  }

  async close(): Promise<void> {
    this.#door?.window.close();
    for (const line of this.#lines.values()) await line.close();
  }

  get #own(): FileDoor {
    if (!this.#door) throw new Error('bug: dave does not run yet');
    return this.#door;
  }
}
