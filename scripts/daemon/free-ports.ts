/**
 * Ports for servers that are named by them: that are started again on the same ones, or must know them before they start. They are
 * below those that the system gives out by itself (from 32,768 on, on Linux), so that while such a server is down, no connection
 * and no server that asks for any port gets its own.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Those below are for clusters (`scripts/fault/cluster/ports.ts`). */
const LOWEST = 16_000;
const END = 32_000;

/**
 * @param isFree more that a port must be: that those near it, which its server takes as well, are free
 * @returns so many, each free on all addresses of this machine
 */
export async function freePorts(
  count: number,
  isFree: (port: number) => Promise<boolean> = isFreePort,
): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (END - LOWEST));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
