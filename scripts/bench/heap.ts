/** What a process still holds once its garbage was collected: what the system says of it includes room that is free. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of one process, once garbage was collected. Bytes. */
export interface Memory {
  readonly heap: number;
  /** Outside of the heap of JavaScript, but held by it. */
  readonly buffers: number;
  readonly resident: number;
}

const COLLECTED_WITHIN_MS = 30_000;
const LOOK_MS = 50;

/** The surroundings of a process that can be asked; `file` is its own. */
export function probed(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=${new URL('heap-probe.js', import.meta.url).href}`, HEAP_FILE: file };
}

/** @param known how often it was asked before */
export async function collected(pid: number, file: string, known: number): Promise<Memory> {
  process.kill(pid, 'SIGUSR2');
  for (const until = Date.now() + COLLECTED_WITHIN_MS; Date.now() < until;) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    const line = lines[known];
    if (line !== undefined) return JSON.parse(line) as Memory;
    await sleep(LOOK_MS);
  }
  throw new Error(`process ${pid} did not say in time what memory it has`);
}
