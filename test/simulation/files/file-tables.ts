/** What a device's history keeps of its files, in place of the tables of the real store: what lies here, and what was asked for. */
import { sameUser, type ConversationId, type EntryId, type Username } from '../../../protocol/ids.js';
import type { Entry } from '../../../protocol/entry.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import type { BlobRow } from '../../../peer/store/blobs.js';
import type { FileStore } from '../../../peer/store/files.js';
import type { Origins } from '../../../peer/store/origins.js';
import type { TransferRow } from '../../../peer/store/transfers.js';
import type { FileIndex } from './file-index.js';

type Through = ReadonlyMap<ConversationId, Uint8Array | undefined>;
type Found = Pick<BlobRow, 'sha256' | 'size' | 'chunks'>;

export interface TablesImage {
  readonly blobs: ReadonlyMap<string, BlobRow>;
  readonly transfers: ReadonlyMap<string, TransferRow>;
  readonly origins: ReadonlyMap<string, Through>;
}

/** Writes that are younger may be lost with the power. Milliseconds. */
const UNSYNCED_MS = 300;

/** A table of rows by hash, of which a power failure takes the last writes. */
class Table<Row> {
  rows = new Map<string, Row>();
  private last: { readonly at: number; readonly sha256: string; readonly before: Row | undefined }[] = [];

  constructor(private readonly now: () => number) {}

  set(sha256: string, row: Row | undefined): void {
    const at = this.now();
    this.last = this.last.filter((write) => write.at > at - UNSYNCED_MS);
    this.last.push({ at, sha256, before: this.rows.get(sha256) });
    this.put(sha256, row);
  }

  powerFails(random: (n: number) => number): void {
    const unsynced = this.last.filter(({ at }) => at > this.now() - UNSYNCED_MS);
    this.last = [];
    for (const { sha256, before } of unsynced.slice(random(unsynced.length + 1)).reverse()) this.put(sha256, before);
  }

  private put(sha256: string, row: Row | undefined): void {
    if (row === undefined) this.rows.delete(sha256);
    else this.rows.set(sha256, row);
  }
}

export class FileTables {
  private readonly ofBlobs: Table<BlobRow>;
  private readonly ofTransfers: Table<TransferRow>;
  private readonly ofOrigins: Table<Through>;

  constructor(
    private readonly index: () => FileIndex,
    now: () => number,
  ) {
    this.ofBlobs = new Table(now);
    this.ofTransfers = new Table(now);
    this.ofOrigins = new Table(now);
  }

  /** As far as it is used by the machines that run here. */
  get store(): FileStore {
    return this as unknown as FileStore;
  }

  readonly blobs = {
    add: ({ sha256, size, chunks }: Found, own: boolean, now: number): void => {
      const before = this.ofBlobs.rows.get(sha256) ?? { added: now, opened: now, pinned: false, own: false };
      this.ofBlobs.set(sha256, { ...before, sha256, size, chunks, own: before.own || own });
    },
    remove: (sha256: string): void => {
      this.ofBlobs.set(sha256, undefined);
      this.ofOrigins.set(sha256, undefined);
    },
    opened: (): void => undefined,
    pin: (sha256: string, pinned: boolean): void => {
      const row = this.ofBlobs.rows.get(sha256);
      if (row) this.ofBlobs.set(sha256, { ...row, pinned });
    },
    get: (sha256: string): BlobRow | undefined => this.ofBlobs.rows.get(sha256),
    all: (): BlobRow[] => [...this.ofBlobs.rows.values()],
    abandoned: (before: number): string[] =>
      this.blobs.all().flatMap(({ sha256, added, pinned }) => {
        const isShown = pinned || this.index().all(sha256).length > 0;
        return added < before && !isShown ? [sha256] : [];
      }),
    reconcile: (found: readonly Found[], self: Username, now: number): void => {
      const here = new Set(found.map(({ sha256 }) => sha256));
      for (const { sha256 } of this.blobs.all()) if (!here.has(sha256)) this.blobs.remove(sha256);
      for (const one of found) {
        const isOwn = this.index()
          .all(one.sha256)
          .some(({ from }) => sameUser(from, self));
        if (!this.blobs.get(one.sha256)) this.blobs.add(one, isOwn, now);
      }
    },
  };

  readonly transfers = {
    put: (row: TransferRow): void => {
      const before = this.ofTransfers.rows.get(row.sha256);
      this.ofTransfers.set(row.sha256, { ...row, added: before?.added ?? row.added });
    },
    remove: (sha256: string): void => this.ofTransfers.set(sha256, undefined),
    get: (sha256: string): TransferRow | undefined => this.ofTransfers.rows.get(sha256),
    all: (): TransferRow[] => [...this.ofTransfers.rows.values()].sort((a, b) => a.added - b.added),
  };

  /** As `OriginTable`. */
  origins(self: Username): Origins {
    return {
      isShown: (id) => {
        const entry = this.index().get(id);
        return entry !== undefined && !this.index().isDeleted(entry);
      },
      isOwn: (sha256, conversation) =>
        this.index()
          .of(sha256)
          .some((entry) => entry.conversation === conversation && sameUser(entry.from, self)),
      came: (sha256, conversation) => {
        const through = this.ofOrigins.rows.get(sha256);
        if (!through?.has(conversation)) return undefined;
        const bits = through.get(conversation);
        return (n) => bits === undefined || (((bits[n >> 3] ?? 0) >> (n & 7)) & 1) === 1;
      },
      keep: (sha256, through) => this.ofOrigins.set(sha256, new Map(through)),
    };
  }

  entriesOf(sha256: string): Entry[] {
    return this.index().of(sha256);
  }

  unneeded(changed?: readonly EntryId[]): string[] {
    const index = this.index();
    const hashes = changed
      ? changed.flatMap((id) => fileFacts(index.get(id) ?? NO_FILE)?.sha256 ?? [])
      : [...this.ofBlobs.rows.keys(), ...this.ofTransfers.rows.keys()];
    return [...new Set(hashes)].filter((sha256) => {
      const isKnown = this.ofBlobs.rows.has(sha256) || this.ofTransfers.rows.has(sha256);
      return isKnown && index.all(sha256).length > 0 && index.of(sha256).length === 0;
    });
  }

  powerFails(random: (n: number) => number): void {
    this.ofBlobs.powerFails(random);
    this.ofTransfers.powerFails(random);
    this.ofOrigins.powerFails(random);
  }

  image(): TablesImage {
    const [blobs, transfers] = [new Map(this.ofBlobs.rows), new Map(this.ofTransfers.rows)];
    return { blobs, transfers, origins: new Map(this.ofOrigins.rows) };
  }

  restore({ blobs, transfers, origins }: TablesImage): void {
    this.ofBlobs.rows = new Map(blobs);
    this.ofTransfers.rows = new Map(transfers);
    this.ofOrigins.rows = new Map(origins);
  }
}

const NO_FILE = { kind: 'text', data: undefined };
