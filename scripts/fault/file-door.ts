/** Files through a window of a peer: sent over HTTP, fetched by command, followed by what the peer tells of them. */
import { createHash } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EntryView, TransferView } from '../../protocol/local-api.js';
import type { Frame, Window } from './window.js';

/** How long a file may stand still. */
const WITHIN_MS = 120_000;

export interface SentFile {
  readonly sha256: string;
  /** Its message. */
  readonly entry: string;
}

export class FileDoor {
  /** The latest that the peer told, by the transfer's id: for what comes the hash of the file. */
  readonly transfers = new Map<string, TransferView>();
  /** Messages that show a file which is here. */
  readonly #here = new Set<string>();
  readonly #known = new Set<string>();

  constructor(
    readonly window: Window,
    private readonly ui: string,
  ) {
    for (const transfer of window.snapshot.transfers) this.transfers.set(transfer.id, transfer);
    for (const { latest } of window.snapshot.conversations) if (latest) this.#note(latest);
    window.onFrame((frame) => this.#hear(frame));
  }

  /** Brings bytes to the peer, which says so in a conversation. @param length bytes. @throws what the peer answers */
  async send(body: Readable, length: number, name: string, conversation = '#general'): Promise<SentFile> {
    const { sending, answered } = this.post(name, conversation, { 'content-length': length });
    const [answer] = await Promise.all([answered, pipeline(body, sending)]);
    const told = (await jsonOf(answer)) as SentFile;
    if (answer.statusCode !== 201) throw new Error(`the file was not taken: ${JSON.stringify(told)}`);
    return { sha256: told.sha256, entry: told.entry };
  }

  /** An upload that the caller writes, and may leave unfinished. `answered` rejects where the peer dies. */
  post(name: string, conversation: string, headers: Record<string, string | number> = {}) {
    const url = new URL('/api/files', this.ui);
    url.search = new URLSearchParams({ conversation, name }).toString();
    const sending = request(url, {
      method: 'POST',
      headers: { ...this.#headers(), 'content-type': 'application/octet-stream', ...headers },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sending.once('response', resolve);
      sending.once('error', reject);
    });
    // Also for who does not wait for it.
    answered.catch(() => undefined);
    return { sending, answered };
  }

  /** Resolves once the peer was told of the message, and has been asked to fetch the file. */
  async fetch({ sha256, entry }: SentFile): Promise<void> {
    await this.window.until(() => this.#known.has(entry), 'the message of the file');
    await this.#must('file.fetch', { sha256 });
  }

  /** Resolves when the file is here: durable, by the peer's word. */
  arrived({ entry }: SentFile, withinMs = WITHIN_MS): Promise<void> {
    return this.window.until(() => this.#here.has(entry), 'the file', withinMs);
  }

  isHere({ entry }: SentFile): boolean {
    return this.#here.has(entry);
  }

  /** Removes its bytes from the peer. */
  async clean({ sha256, entry }: SentFile): Promise<void> {
    await this.#must('file.clean', { sha256 });
    await this.window.until(() => !this.#here.has(entry), 'the file going');
  }

  /** Bytes a second; 0: no limit. */
  limit(files: { readonly down?: number; readonly up?: number }): Promise<void> {
    return this.#must('preferences.set', { files });
  }

  /** What the peer gives out under that hash, hashed. */
  async hashOf(sha256: string): Promise<string> {
    const answer = await fetch(new URL(`/api/files/${sha256}`, this.ui), { headers: this.#headers() });
    if (!answer.ok || !answer.body) throw new Error(`the file is not given out: ${answer.status}`);
    const hash = createHash('sha256');
    for await (const piece of answer.body) hash.update(piece);
    return hash.digest('hex');
  }

  #headers(): Record<string, string> {
    return { cookie: this.window.cookie, origin: new URL(this.ui).origin };
  }

  async #must(command: string, args: object): Promise<void> {
    const result = await this.window.command(command, args);
    if (result?.ok !== true) throw new Error(`${command} failed: ${JSON.stringify(result)}`);
  }

  #hear(frame: Frame): void {
    if (frame.type === 'file') this.transfers.set(frame.transfer.id, frame.transfer);
    else if (frame.type === 'file_removed') this.transfers.delete(frame.id);
    else if (frame.type === 'entries' || frame.type === 'changed') frame.entries.forEach((entry) => this.#note(entry));
  }

  #note({ id, here }: EntryView): void {
    this.#known.add(id);
    if (here) this.#here.add(id);
    else this.#here.delete(id);
  }
}

async function jsonOf(answer: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString());
}
