/**
 * Loaded into a process before its program (`--import`): at each SIGUSR2 it collects what is garbage, and adds a line to a file that
 * says what is left. The program itself knows nothing of it.
 */
import { appendFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import type { Memory } from './heap.js';

const { HEAP_FILE = '' } = process.env;
const session = new Session();
session.connect();

process.on('SIGUSR2', () => {
  void session.post('HeapProfiler.collectGarbage').then(() => {
    const { heapUsed, external, rss } = process.memoryUsage();
    const memory: Memory = { heap: heapUsed, buffers: external, resident: rss };
    appendFileSync(HEAP_FILE, `${JSON.stringify(memory)}\n`);
  });
});
