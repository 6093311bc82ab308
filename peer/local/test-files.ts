/** Test support: files in memory, by the plainest reading of what a door is promised. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { fileFacts } from '../../protocol/file-facts.js';
import { fileKind, sniffedMime } from '../../protocol/file-types.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import type { FileUsage, FileView, TransferView } from '../../protocol/local-api.js';
import type { FileListRequest, Files, OpenFile, PeerEmitter, TakenFile } from '../services.js';

export interface AroundFiles {
  readonly events: PeerEmitter;
  /** All that are shown. */
  entries(): readonly Entry[];
}

export class TestFiles implements Files {
  readonly bytes = new Map<string, Buffer>();
  readonly pinned = new Set<string>();
  /** What was asked for, by its hash. */
  readonly asked = new Map<string, TransferView>();

  constructor(private readonly around: AroundFiles) {}

  async take(body: Readable, { mime = '', length }: { mime?: string; length?: number }): Promise<TakenFile> {
    const bytes = await buffer(body).catch(() => undefined);
    if (!bytes || (length !== undefined && length !== bytes.length)) throw new ParleyError('bad_request');
    return this.given(bytes, mime);
  }

  /** Bytes come here. */
  given(bytes: Buffer, mime = ''): TakenFile {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.bytes.set(sha256, bytes);
    for (const { id, conversation } of this.showing(sha256))
      this.around.events.emit('changed', { conversation, ids: [id] });
    return { sha256, size: bytes.length, chunks: '0'.repeat(64), mime: sniffedMime(bytes, mime) };
  }

  taken = async (sha256: string, claimed?: string): Promise<TakenFile | undefined> => {
    const bytes = this.bytes.get(sha256);
    return bytes && this.given(bytes, claimed);
  };

  open = async (sha256: string): Promise<OpenFile | undefined> => {
    const bytes = this.bytes.get(sha256);
    const [entry] = this.showing(sha256);
    const facts = entry && fileFacts(entry);
    const { size, mime } = { size: bytes?.length ?? 0, mime: sniffedMime(bytes ?? Buffer.of(), facts?.mime ?? '') };
    const read = (start: number, end: number): Readable => Readable.from([bytes?.subarray(start, end)]);
    return bytes && { size, mime, name: facts?.name ?? 'file', read };
  };

  isHere = (sha256: string): boolean => this.bytes.has(sha256);

  fetch = async (sha256: string, conversation?: ConversationId): Promise<void> => {
    const entry = this.showing(sha256).find((entry) => (conversation ?? entry.conversation) === entry.conversation);
    const facts = entry && fileFacts(entry);
    if (!facts) throw new ParleyError('not_found');
    const { name, size } = facts;
    this.tell({
      ...{ id: sha256, sha256, entry: entry.id, conversation: entry.conversation, name, size },
      ...{ direction: 'down', state: 'waiting', done: 0, code: 'nobody', users: [entry.from] },
    });
  };

  pause = async (sha256: string): Promise<void> => {
    const { code: _, ...transfer } = this.transfer(sha256);
    this.tell({ ...transfer, state: 'paused' });
  };

  cancel = async (sha256: string): Promise<void> => {
    this.transfer(sha256);
    this.asked.delete(sha256);
    this.around.events.emit('file_removed', sha256);
  };

  pin = (sha256: string, on: boolean): void => {
    if (!this.isHere(sha256)) throw new ParleyError('not_found');
    if (on) this.pinned.add(sha256);
    else this.pinned.delete(sha256);
  };

  list = ({ conversation, kind, before, limit }: FileListRequest): { files: FileView[]; more: boolean } => {
    const all = this.around.entries().flatMap((entry) => this.view(entry));
    const newest = all.toReversed().slice(all.toReversed().findIndex((file) => file.entry === before) + 1);
    const found = newest.filter(
      (file) => (conversation ?? file.conversation) === file.conversation && (kind ?? file.kind) === file.kind,
    );
    return { files: found.slice(0, limit), more: found.length > limit };
  };

  usage = async (): Promise<FileUsage> => ({ used: this.used(), quota: 1_000_000, conversations: [] });

  clean = async ({ sha256 }: { sha256?: string }): Promise<number> => {
    const before = this.used();
    if (sha256 !== undefined && !this.isHere(sha256)) throw new ParleyError('not_found');
    for (const hash of sha256 === undefined ? [...this.bytes.keys()] : [sha256]) this.bytes.delete(hash);
    return before - this.used();
  };

  transfers = (): TransferView[] => [...this.asked.values()];

  private used(): number {
    return [...this.bytes.values()].reduce((sum, { length }) => sum + length, 0);
  }

  private showing(sha256: string): Entry[] {
    return this.around.entries().filter((entry) => fileFacts(entry)?.sha256 === sha256);
  }

  private tell(transfer: TransferView): void {
    this.asked.set(transfer.sha256, transfer);
    this.around.events.emit('file', transfer);
  }

  private transfer(sha256: string): TransferView {
    const transfer = this.asked.get(sha256);
    if (!transfer) throw new ParleyError('not_found');
    return transfer;
  }

  private view(entry: Entry): FileView[] {
    const facts = fileFacts(entry);
    if (!facts) return [];
    const { id, conversation, from, time } = entry;
    const { name, size, mime, sha256 } = facts;
    const about = { entry: id satisfies EntryId as string, conversation, from, time };
    return [{ ...about, name, size, mime, sha256, kind: fileKind(mime), here: this.isHere(sha256) }];
  }
}
