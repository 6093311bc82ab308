/**
 * What simulated files hold. A chunk of more than a few kilobytes stands for itself by its first bytes: they are what is sent,
 * written and hashed, so that a file of many chunks costs little, and yet each hash is a real one of what is really there.
 */
import { createHash } from 'node:crypto';
import { chunkCount, chunkLength } from '../../../protocol/files.js';
import type { BlobFacts } from '../../../peer/files/blob-store.js';

/** Bytes of a long chunk that count. */
const STANDS_FOR = 32;
const LONG = 4096;

/** The bytes that count. */
export function bodyOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.subarray(0, isLong(bytes.length) ? STANDS_FOR : bytes.length));
}

export function isLong(length: number): boolean {
  return length > LONG;
}

/** SHA-256 of the bytes that count, and of how many they stand for. */
export function hashOf(bytes: Uint8Array): Buffer {
  if (!isLong(bytes.length)) return createHash('sha256').update(bytes).digest();
  return createHash('sha256').update(`${bytes.length} `).update(bytes.subarray(0, STANDS_FOR)).digest();
}

/** Of a file: its chunks in order, the bytes that count of each. In hex. */
export function wholeHash(bodies: Iterable<Uint8Array>, size: number): string {
  const hash = createHash('sha256');
  for (const body of bodies) hash.update(body);
  if (isLong(size)) hash.update(`${size}`);
  return hash.digest('hex');
}

export interface Content {
  readonly facts: BlobFacts;
  readonly bodies: readonly Buffer[];
  readonly manifest: Buffer;
}

export function makeContent(size: number, seed: string): Content {
  const bodies = Array.from({ length: chunkCount(size) }, (_, n) => {
    const block = createHash('sha256').update(`${seed} ${n}`).digest();
    const length = chunkLength(size, n);
    return isLong(length)
      ? block
      : Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, () => block)).subarray(0, length);
  });
  const manifest = Buffer.concat(bodies.map((body, n) => bodyHash(body, chunkLength(size, n))));
  const facts = { sha256: wholeHash(bodies, size), size, chunks: hashOf(manifest).toString('hex') };
  return { facts, bodies, manifest };
}

/** The hash of a chunk of which only the bytes that count are at hand. */
export function bodyHash(body: Uint8Array, length: number): Buffer {
  return isLong(length) ? createHash('sha256').update(`${length} `).update(body).digest() : hashOf(body);
}

/** All that there are, by hash. */
export class Contents {
  private readonly all = new Map<string, Content>();
  private readonly lists = new Map<string, Content>();

  make(size: number, seed: string): Content {
    const content = makeContent(size, seed);
    this.all.set(content.facts.sha256, content);
    this.lists.set(content.facts.chunks, content);
    return content;
  }

  get(sha256: string): Content | undefined {
    return this.all.get(sha256);
  }

  byChunks(chunks: string): Content | undefined {
    return this.lists.get(chunks);
  }
}
