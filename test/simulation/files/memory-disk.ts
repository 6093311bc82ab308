/**
 * The part of a simulated disk on which the store of blobs lies. Each call takes its time, and does what it does at its end; a killed
 * process leaves its last writes done, torn or not done, and a power failure takes what no sync covered, of files and folders.
 */
import { constants } from 'node:fs';
import { dirname, basename } from 'node:path';
import type { BlobDisk } from '../../../peer/files/blob-disk.js';
import type { DiskFile } from '../../../peer/files/chunk-io.js';
import { hashOf } from './contents.js';
import { MemoryFile } from './memory-file.js';

export interface MemoryDiskWorld {
  /** Calls back a little later; never, where the process ends before. */
  later(done: () => void): void;
  readonly random: { chance(probability: number): boolean; int(n: number): number };
  isFull(): boolean;
  /** A sync that is asked for now fails. */
  isFailing(): boolean;
}

type Node = MemoryFile | 'folder';

interface Write {
  readonly file: MemoryFile;
  readonly bytes: Uint8Array;
  readonly position: number;
}

const fault = (code: string): Error => Object.assign(new Error(code), { code });

export class MemoryDisk implements BlobDisk {
  private nodes = new Map<string, Node>();
  /** Changes of folders that no sync covered. */
  private changes: { readonly folder: string; readonly undo: () => void }[] = [];
  private readonly writing = new Set<Write>();
  /** What a process has asked to be removed. */
  readonly removed = new Set<string>();

  constructor(private readonly world: MemoryDiskWorld) {}

  open(path: string, flags: string | number): Promise<DiskFile> {
    return this.call(() => {
      const found = this.nodes.get(path);
      const creates = flags === 'w' || (typeof flags === 'number' && (flags & constants.O_CREAT) !== 0);
      if (found instanceof MemoryFile && flags !== 'w') return this.handle(found);
      if (!creates || found === 'folder' || this.nodes.get(dirname(path)) !== 'folder') throw fault('ENOENT');
      this.room();
      const file = new MemoryFile();
      this.set(path, file);
      return this.handle(file);
    });
  }

  mkdir(path: string): Promise<string | undefined> {
    return this.call(() => {
      if (this.nodes.has(path)) return undefined;
      this.room();
      this.set(path, 'folder');
      return path;
    });
  }

  async privateDirectory(path: string): Promise<void> {
    await this.mkdir(path);
  }

  list(path: string): Promise<{ name: string; isFile(): boolean }[]> {
    return this.call(() =>
      [...this.nodes].flatMap(([at, node]) =>
        dirname(at) === path && at !== path ? [{ name: basename(at), isFile: () => node !== 'folder' }] : [],
      ),
    );
  }

  readFile(path: string): Promise<Buffer> {
    return this.call(() => {
      const file = this.file(path);
      const bytes = Buffer.alloc(file.size);
      file.read(bytes, bytes.length, 0);
      return bytes;
    });
  }

  stat(path: string): Promise<{ size: number }> {
    return this.call(() => ({ size: this.file(path).size }));
  }

  rename(from: string, to: string): Promise<void> {
    return this.call(() => {
      const file = this.file(from);
      const before = this.nodes.get(to);
      this.nodes.delete(from);
      this.nodes.set(to, file);
      // One change, that of the folder to which it goes: it is in one of the two.
      const undo = (): void => {
        this.nodes.set(from, file);
        this.put(to, before);
      };
      this.changes.push({ folder: dirname(to), undo });
    });
  }

  replaceFile(path: string, content: string | Uint8Array): Promise<void> {
    return this.call(() => {
      this.room();
      const file = new MemoryFile();
      file.write(Buffer.from(content), 0);
      file.sync();
      this.nodes.set(path, file);
      this.changes = this.changes.filter(({ folder }) => folder !== dirname(path));
    });
  }

  remove(path: string): Promise<void> {
    this.removed.add(path);
    return this.call(() => {
      for (const at of [...this.nodes.keys()]) if (at === path || at.startsWith(`${path}/`)) this.set(at, undefined);
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.call(() => {
      if (this.world.isFailing()) throw fault('EIO');
      this.changes = this.changes.filter(({ folder }) => folder !== path);
    });
  }

  sha256(bytes: Uint8Array): Promise<Buffer> {
    return Promise.resolve(hashOf(bytes));
  }

  hashes(): ReturnType<BlobDisk['hashes']> {
    return {
      chunk: (bytes) => this.sha256(bytes),
      open: (path) => ({
        advance: () => Promise.resolve(),
        digest: (size) => this.call(() => this.file(path).digest(size)),
        drop: () => Promise.resolve(),
      }),
      close: () => Promise.resolve(),
    };
  }

  /** What the process was writing when it ended. */
  killed(): void {
    const { random } = this.world;
    for (const { file, bytes, position } of this.writing) {
      if (random.chance(0.4)) file.write(bytes, position);
      else if (random.chance(0.5)) file.tear(bytes, position);
    }
    this.writing.clear();
  }

  powerFails(): void {
    const { random } = this.world;
    for (const node of this.nodes.values()) if (node !== 'folder') node.powerFails(() => random.chance(0.5));
    // A folder keeps the first of its changes, in their order.
    const kept = new Map<string, number>();
    for (const { folder } of this.changes) kept.set(folder, (kept.get(folder) ?? 0) + 1);
    for (const [folder, count] of kept) kept.set(folder, random.int(count + 1));
    const undone = this.changes.filter(({ folder }) => {
      const left = kept.get(folder) ?? 0;
      kept.set(folder, left - 1);
      return left <= 0;
    });
    for (const { undo } of undone.reverse()) undo();
    this.changes = [];
  }

  /** What lies at that path is not what was written. */
  rot(path: string): void {
    const node = this.nodes.get(path);
    if (node instanceof MemoryFile) node.rot();
  }

  /** The hash of what really lies there; undefined where nothing does. */
  hashOf(path: string, size: number): string | undefined {
    const node = this.nodes.get(path);
    return node instanceof MemoryFile && node.size === size ? node.digest(size) : undefined;
  }

  /** Puts it to what another one holds, as a backup does. */
  restore(nodes: ReadonlyMap<string, Node>): void {
    this.changes = [];
    this.writing.clear();
    this.nodes = copied(nodes);
  }

  image(): ReadonlyMap<string, Node> {
    return copied(this.nodes);
  }

  private handle(file: MemoryFile): DiskFile {
    return {
      read: (into, at, length, position) =>
        this.call(() => ({ bytesRead: file.read(into.subarray(at), length, position) })),
      write: async (bytes, at, length, position) => {
        const write: Write = { file, bytes: bytes.subarray(at, at + length), position };
        this.writing.add(write);
        await this.call(() => {
          this.writing.delete(write);
          this.room();
          file.write(write.bytes, position);
        });
        return { bytesWritten: length };
      },
      sync: () =>
        this.call(() => {
          if (this.world.isFailing()) throw fault('EIO');
          file.sync();
        }),
      close: () => Promise.resolve(),
    };
  }

  private async call<T>(work: () => T): Promise<T> {
    await new Promise<void>((resolve) => this.world.later(resolve));
    return work();
  }

  private room(): void {
    if (this.world.isFull()) throw fault('ENOSPC');
  }

  private file(path: string): MemoryFile {
    const node = this.nodes.get(path);
    if (!(node instanceof MemoryFile)) throw fault('ENOENT');
    return node;
  }

  private set(path: string, node: Node | undefined): void {
    const before = this.nodes.get(path);
    this.changes.push({ folder: dirname(path), undo: () => this.put(path, before) });
    this.put(path, node);
  }

  /** A folder goes with all that is in it. */
  private put(path: string, node: Node | undefined): void {
    if (node !== undefined) this.nodes.set(path, node);
    else for (const at of [...this.nodes.keys()]) if (at === path || at.startsWith(`${path}/`)) this.nodes.delete(at);
  }
}

function copied(nodes: ReadonlyMap<string, Node>): Map<string, Node> {
  return new Map([...nodes].map(([path, node]) => [path, node === 'folder' ? node : node.copy()]));
}
