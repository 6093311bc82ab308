// `node dying-blobs.mjs DIST DIRECTORY take|fetch STEP`: takes a file in, or fetches it by chunks, and is killed at its STEP-th
// step on the disk, half way through what it writes. Says on stdout what it was told is there; exits with 0 where it came to the end.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const [dist = '', directory = '', way = '', step = ''] = process.argv.slice(2);
/** As `content` of test-blobs.ts makes it. */
const CHUNK = 1024 * 1024;
const bytes = Buffer.alloc(CHUNK + 100);
const block = createHash('sha256').update('a').digest();
for (let at = 0; at < bytes.length; at += 4096) {
  block.writeUInt32LE(at, 0);
  block.copy(bytes, at);
}

let steps = 0;
const dies = () => ++steps === Number(step);
const die = () => process.kill(process.pid, 'SIGKILL');

/** @param {Record<string, any>} owner @param {string} name @param {(args: any[]) => Promise<unknown>} [half] */
function interrupt(owner, name, half) {
  const real = owner[name];
  owner[name] = async function (/** @type {any[]} */ ...args) {
    if (dies()) {
      await half?.call(this, args);
      die();
    }
    return real.apply(this, args);
  };
  if (half) owner[`real_${name}`] = real;
}

const handle = await promises.open(directory, 'r');
const handles = Object.getPrototypeOf(handle);
await handle.close();
interrupt(handles, 'write', function ([buffer, offset, length, position]) {
  return this.real_write(buffer, offset, Math.floor(length / 2), position);
});
interrupt(handles, 'writeFile', function ([data]) {
  return this.real_writeFile(data.subarray(0, data.length / 2));
});
interrupt(handles, 'sync');
for (const name of ['mkdir', 'open', 'rename', 'rm']) interrupt(promises, name);
syncBuiltinESMExports();

const { BlobStore } = await import(pathToFileURL(join(dist, 'scripts/fault/blob-store.js')).href);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const store = await BlobStore.open(join(directory, 'blobs'), { log });
const say = (/** @type {string} */ what) => writeSync(1, `${what}\n`);

if (way === 'take') {
  await store.take(Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]), {});
  say('complete');
} else {
  const hash = (/** @type {Buffer} */ data) => createHash('sha256').update(data).digest();
  const list = Buffer.concat([hash(bytes.subarray(0, CHUNK)), hash(bytes.subarray(CHUNK))]);
  const facts = { sha256: hash(bytes).toString('hex'), size: bytes.length, chunks: hash(list).toString('hex') };
  const partial = await store.partial(facts);
  await partial.setManifest(list);
  for (const n of [1, 0]) {
    if ((await partial.write(n, bytes.subarray(n * CHUNK, (n + 1) * CHUNK))) === 'ok') say(`chunk ${n}`);
  }
  await partial.complete();
  say('complete');
}
process.exit(0);
