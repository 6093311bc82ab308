/**
 * The router on the way to the world, and our address in its network: IPv4 alone, for nowhere else are ports mapped. No system tells it
 * to Node, so Linux is asked by its file and the others by a program that all of them have.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { kindOf } from '../addresses.js';
import { sourceFor } from '../network.js';
import type { Home } from './types.js';

/** An address of the world: nothing is sent there. */
const WORLD = '198.51.100.1';
const PROGRAM_MS = 2_000;
const PROGRAM_MAX = 256 * 1024;
/** In the flags of a route: it leads to a gateway. */
const IS_GATEWAY = 2;

/** `public`: no router hides this computer. Undefined: there is no way out, or it is not known where it leads. Never rejects. */
export async function findHome(): Promise<Home | 'public' | undefined> {
  const ours = await sourceFor(WORLD);
  if (ours === undefined || !isIPv4(ours)) return undefined;
  if (kindOf(ours) !== 'private') return 'public';
  const router = await defaultGateway().catch(() => undefined);
  // What else it leads to is no router of a home, and nobody there is asked.
  return router !== undefined && kindOf(router) === 'private' ? { ours, router } : undefined;
}

async function defaultGateway(): Promise<string | undefined> {
  if (process.platform === 'linux' || process.platform === 'android') {
    return gatewayOfLinux(await readFile('/proc/net/route', 'latin1'), endianness());
  }
  return gatewayOfNetstat(await output('netstat', ['-rn']));
}

/** @param table as in `/proc/net/route`: hexadecimal, in the byte order of the machine */
export function gatewayOfLinux(table: string, order: 'LE' | 'BE'): string | undefined {
  const ways = table.split('\n').flatMap((line) => {
    const [, to, gateway = '', flags = '', , , metric = '', mask] = line.trim().split(/\s+/);
    const isDefault = to === '00000000' && mask === '00000000' && (Number.parseInt(flags, 16) & IS_GATEWAY) !== 0;
    const bytes = /^[0-9A-Fa-f]{8}$/.test(gateway) ? [...Buffer.from(gateway, 'hex')] : undefined;
    if (!isDefault || !bytes) return [];
    return [{ address: (order === 'LE' ? bytes.reverse() : bytes).join('.'), metric: Number(metric) }];
  });
  return ways.sort((a, b) => a.metric - b.metric)[0]?.address;
}

/** @param table as `netstat -rn` prints it on macOS, the BSDs and Windows */
export function gatewayOfNetstat(table: string): string | undefined {
  for (const line of table.split('\n')) {
    const [, address] = /^\s*(?:default|0\.0\.0\.0\s+0\.0\.0\.0)\s+(\d+\.\d+\.\d+\.\d+)\s/.exec(line) ?? [];
    if (address !== undefined && isIPv4(address)) return address;
  }
  return undefined;
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const bounds = { timeout: PROGRAM_MS, maxBuffer: PROGRAM_MAX, windowsHide: true };
  return (await promisify(execFile)(program, args, bounds)).stdout;
}
