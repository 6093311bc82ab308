/** A tracker and peers for the benchmarks: the real program, started as anybody starts it, and the memory that it takes. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon, type PeerReady, type TrackerReady } from '../daemon/daemon.js';
import { register } from '../demo/accounts.js';

export const program = fileURLToPath(new URL('../daemon/entry.js', import.meta.url));
const password = 'of no importance';
const LINUX_TICK_MS = 10;

export function startTracker(folder: string): Promise<Daemon<TrackerReady>> {
  const args = ['tracker', '--json', '--port', '0', '--data-dir', join(folder, 'tracker')];
  return Daemon.start<TrackerReady>({ name: 'tracker', program, args });
}

/** Registers the user where that has not been done. @param env of the peer, besides its password */
export async function startPeer(
  folder: string,
  tracker: string,
  username: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Daemon<PeerReady>> {
  await register(tracker, { username, password });
  return startRegisteredPeer(folder, tracker, username, { PARLEY_PASSWORD: password, ...env });
}

/** @param env without a password the device signs in by its key, as it does every day */
export function startRegisteredPeer(
  folder: string,
  tracker: string,
  username: string,
  env: Readonly<Record<string, string>> = { PARLEY_PASSWORD: password },
): Promise<Daemon<PeerReady>> {
  const args = ['peer', '--json', '--username', username, '--tracker', tracker, '--host', '127.0.0.1'];
  return Daemon.start<PeerReady>({
    name: username,
    program,
    args: [...args, '--peer-port', '0', '--ui-port', '0', '--data-dir', join(folder, username)],
    env,
  });
}

/** Memory of a process that the system holds for it, bytes. */
export function residentBytes(pid: number): number {
  if (process.platform === 'linux') return field(pid, 'VmRSS');
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

/** Processor time that it has taken with all its threads, ms; undefined where the system does not tell. In steps of 10 ms. */
export function processorMs(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the name of the program, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * LINUX_TICK_MS;
}

/** The most that it had since the last call, bytes; undefined where the system does not count that. */
export function takePeak(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const peak = field(pid, 'VmHWM');
  // Linux counts anew from now on.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return peak;
}

function field(pid: number, name: string): number {
  const found = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) * 1024;
}
