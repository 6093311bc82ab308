/** Whole reads and writes at a place of a file, and hashes of what is not shared with a thread: all on Node's pool of threads. */
import { webcrypto } from 'node:crypto';
import type { BufferPool } from './buffer-pool.js';

export const HASH_BYTES = 32;

/** What is needed of a file that is open: a `FileHandle` of Node has it. */
export interface DiskFile {
  read(into: Buffer, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  write(bytes: Uint8Array, at: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Raw SHA-256. Does not hold up the event loop, whatever the length. */
export async function sha256(bytes: Uint8Array): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** All of them; the system may take fewer at once. @throws the system's error */
export async function writeAt(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** @returns how many bytes there were: fewer than `length` at the end of the file. @throws the system's error */
export async function readAt(file: DiskFile, into: Buffer, length: number, position: number): Promise<number> {
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(into, at, length - at, position + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** The hash of what lies there; undefined where the file ends before. @throws the system's error */
export function hashAt(
  pool: BufferPool,
  file: DiskFile,
  length: number,
  position: number,
  hash: (bytes: Uint8Array) => Promise<Buffer>,
): Promise<Buffer | undefined> {
  return pool.with(async (buffer) =>
    (await readAt(file, buffer, length, position)) === length ? hash(buffer.subarray(0, length)) : undefined,
  );
}
