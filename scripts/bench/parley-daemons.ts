/** A tracker and peers for the benchmarks: the real program, started as anybody starts it, and the memory that it takes. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon, type PeerReady, type TrackerReady } from '../daemon/daemon.js';
import { register } from '../demo/accounts.js';

export const program = fileURLToPath(new URL('../daemon/entry.js', import.meta.url));
const password = 'of no importance';

export function startTracker(folder: string): Promise<Daemon<TrackerReady>> {
  const args = ['tracker', '--json', '--port', '0', '--data-dir', join(folder, 'tracker')];
  return Daemon.start<TrackerReady>({ name: 'tracker', program, args });
}

/** Registers the user where that has not been done. */
export async function startPeer(folder: string, tracker: string, username: string): Promise<Daemon<PeerReady>> {
  await register(tracker, { username, password });
  return startRegisteredPeer(folder, tracker, username);
}

export function startRegisteredPeer(folder: string, tracker: string, username: string): Promise<Daemon<PeerReady>> {
  const args = ['peer', '--json', '--username', username, '--tracker', tracker, '--host', '127.0.0.1'];
  return Daemon.start<PeerReady>({
    name: username,
    program,
    args: [...args, '--peer-port', '0', '--ui-port', '0', '--data-dir', join(folder, username)],
    env: { PARLEY_PASSWORD: password },
  });
}

/** Memory of a process that the system holds for it, bytes. */
export function residentBytes(pid: number): number {
  if (process.platform === 'linux') return field(pid, 'VmRSS');
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
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
