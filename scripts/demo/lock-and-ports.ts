/** What the demo reserves on this machine: its data directory, for one demo at a time, and free ports. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

export class AlreadyRunning extends Error {}

/**
 * Holds the data directory until this process ends, in whichever way: it is the operating system's lock on a database
 * file, so none is ever left over and no other process can be mistaken for its holder.
 * @throws AlreadyRunning with a line for people
 */
export function lockDataDir(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDir, 'demo.lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!String(error).includes('locked')) throw error;
    throw new AlreadyRunning(
      `The demo is already running on ${dataDir}. Stop it there (Ctrl-C), or give this one its own with --data-dir.`,
    );
  }
  return { release: () => database.close() };
}

/** The UI of a peer listens at its peer port plus this (SPEC.md section 8). */
export const UI_PORT_OFFSET = 10_000;
const HIGHEST_PEER_PORT = 65_535 - UI_PORT_OFFSET;
const TRIES = 200;

export class NoPort extends Error {}

export interface PortWish {
  /** For people: `the tracker`, `alice`. */
  readonly who: string;
  readonly flag: string;
  readonly port: number;
  /** A port that a person named is not replaced by another one. */
  readonly insisted: boolean;
  /** Whether `port + UI_PORT_OFFSET` has to be free too. */
  readonly withUi: boolean;
}

/**
 * The first port from the wished one on that is free and not in `taken`; adds what it gives to `taken`.
 * @throws NoPort with a line for people
 */
export async function findPort(wish: PortWish, taken: Set<number>): Promise<number> {
  const { who, flag, port: first, insisted, withUi } = wish;
  const highest = withUi ? HIGHEST_PEER_PORT : 65_535;
  if (!Number.isInteger(first) || first < 1 || first > highest) {
    throw new NoPort(`${flag} takes a port from 1 to ${highest}; ${first} is none.`);
  }
  const last = insisted ? first : Math.min(first + TRIES, highest);
  for (let port = first; port <= last; port += 1) {
    const needed = withUi ? [port, port + UI_PORT_OFFSET] : [port];
    if (needed.some((each) => taken.has(each)) || !(await allFree(needed))) continue;
    for (const each of needed) taken.add(each);
    return port;
  }
  const what = withUi ? `${first} or ${first + UI_PORT_OFFSET}` : `${first}`;
  throw new NoPort(`Port ${what} for ${who} is in use. Choose another one with ${flag}.`);
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    if (!(await isFree(port, '127.0.0.1')) || !(await isFree(port))) return false;
  }
  return true;
}

/** Without a host: on every address of the machine. */
function isFree(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true, ...(host !== undefined && { host }) }, () =>
      server.close(() => resolve(true)),
    );
  });
}
