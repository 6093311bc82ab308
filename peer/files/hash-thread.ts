/**
 * What the thread that hashes runs, and what it answers. Text, since a worker loads no TypeScript, and this file is run as such by
 * tests.
 */

export interface Answer {
  readonly id: number;
  readonly at?: number;
  readonly digest?: string;
  readonly dropped?: true;
  /** Of a chunk, raw. */
  readonly hash?: Uint8Array;
  readonly error?: { readonly message: string; readonly code?: string };
}

/**
 * Files take turns of one piece each, and with them one chunk. `{id, path, to}` go on to there; `{id, end}` and answer; `{id, drop}`
 * leave it; `{id, chunk}` hash these bytes, which are shared memory.
 */
export const hashProgram = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { closeSync, openSync, readSync } = require('node:fs');
// Much less than a writer may be ahead: who waits for it is told in time.
const TELL_BYTES = 8 * 1024 * 1024;
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
const files = new Map();
const chunks = [];
let running = false;

parentPort.on('message', ({ id, path, to, end, drop, chunk }) => {
  if (chunk) chunks.push({ id, chunk });
  else follow(id, path, to, end, drop);
  if (!running) run();
});

function follow(id, path, to, end, drop) {
  let file = files.get(id);
  if (!file && path !== undefined) files.set(id, (file = { path, at: 0, to: 0, told: 0, hash: createHash('sha256') }));
  if (file && to !== undefined) file.to = Math.max(file.to, to);
  if (file && end !== undefined) file.end = file.to = end;
  if (!drop) return;
  leave(id, file);
  parentPort.postMessage({ id, dropped: true });
}

function run() {
  const next = chunks.shift();
  if (next) parentPort.postMessage({ id: next.id, hash: createHash('sha256').update(next.chunk).digest() });
  running = chunks.length > 0;
  for (const [id, file] of files) {
    try {
      if (step(id, file)) running = true;
    } catch (error) {
      leave(id, file);
      parentPort.postMessage({ id, error: { message: error.message, code: error.code } });
    }
  }
  if (running) setImmediate(run);
}

/** Whether there is more to do now. */
function step(id, file) {
  const length = Math.min(file.to - file.at, buffer.length);
  if (length > 0) {
    file.fd ??= openSync(file.path, 'r');
    const read = readSync(file.fd, buffer, 0, length, file.at);
    if (read === 0) throw new Error('the file is shorter than what was written');
    file.hash.update(buffer.subarray(0, read));
    file.at += read;
    if (file.at - file.told >= TELL_BYTES) parentPort.postMessage({ id, at: (file.told = file.at) });
  }
  if (file.at === file.end) {
    const digest = file.hash.digest('hex');
    leave(id, file);
    parentPort.postMessage({ id, digest });
    return false;
  }
  return file.at < file.to;
}

function leave(id, file) {
  if (file?.fd !== undefined) closeSync(file.fd);
  files.delete(id);
}
`;
