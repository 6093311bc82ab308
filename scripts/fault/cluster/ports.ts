/** Ports for a cluster on this machine, which another run at the same time does not take. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

export interface ClusterPorts {
  /** Of three trackers. */
  readonly ports: readonly number[];
  /** From then on others may take them. */
  release(): void;
}

/**
 * Below all that the system gives out by itself, and those of `scripts/daemon/free-ports.ts`: they are taken only when the trackers have
 * found each other, and again after each kill.
 */
const FIRST = 12_400;
/** So many blocks that the ports of the servers of one are not those of the trackers of another. */
const BLOCKS = 25;
/** Of ports. The last one of a block says that somebody has it. */
const BLOCK = 40;
const APART = 10;
/** What a tracker takes: its own port, that for reflections (`reflectPort`), and those of its server. */
const BESIDE = [0, 1, 1_000, 2_000] as const;

export function reflectPort(port: number): number {
  return port + 1;
}

/** Errors: none is free. */
export async function claimPorts(random: () => number): Promise<ClusterPorts> {
  const begin = Math.floor(random() * BLOCKS);
  for (let at = 0; at < BLOCKS; at += 1) {
    const first = FIRST + ((begin + at) % BLOCKS) * BLOCK;
    const claim = await listenAt(first + BLOCK - 1);
    if (!claim) continue;
    const ports = [0, 1, 2].map((n) => first + n * APART);
    const all = ports.flatMap((port) => BESIDE.map((beside) => port + beside));
    if ((await Promise.all(all.map(isFree))).every(Boolean)) return { ports, release: () => void claim.close() };
    claim.close();
  }
  throw new Error(`no ports are free for a cluster from ${FIRST} on`);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listenAt(port);
  if (!server) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function listenAt(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
