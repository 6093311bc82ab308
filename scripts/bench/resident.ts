/** Memory of a process that the system holds for it: now, and at most. Bytes. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

export function residentBytes(pid: number): number {
  if (process.platform === 'linux') return field(pid, 'VmRSS');
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

/** The most that it had since the last call; undefined where the system does not count that. */
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
