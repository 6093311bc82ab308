/** Brings files to the daemon. Their bytes stay with the browser: what is kept here is where to read them. */
import { errorTable, isErrorCode } from '../../../protocol/errors.js';
import { blobOf, type Parts } from '../files/byte-source.js';
import {
  isCleaned,
  nextUploads,
  type Order,
  type Outgoing,
  type OutgoingChange,
  type OutgoingFile,
} from '../files/outgoing.js';
import { type Pace, paceAfter } from '../files/pace.js';
import { ApiError } from '../net/api.js';
import type { UploadDoor } from '../net/upload.js';
import type { FilePost } from '../files/outgoing.js';
import type { Store } from '../state/store.js';

export interface UploadsParts {
  /** The browser's clock, ms. */
  now(): number;
  /** What a person is told of a failure, and of a file that has changed or gone. */
  failureText(error: unknown): string;
  unreadable(): string;
  readonly store: Pick<Store, 'get' | 'dispatch' | 'subscribe'>;
  readonly upload: UploadDoor['send'];
  /** It outlasts the page from here on, where the browser can do that. `body`: what is sent of it. */
  keep(file: OutgoingFile, chosen: Blob, body: Blob): void;
  /** The bytes are there: from here on it goes like every message. */
  post(id: string, order: Order, file: FilePost): void;
  /** Runs `work` after `ms`. */
  later(work: () => void, ms: number): void;
}

interface Held {
  readonly file: Blob;
  cleaned?: Parts;
  stop?: AbortController;
  /** It is kept over a reload, or was. */
  kept: boolean;
  /** Some of it may be at the daemon. */
  tried: boolean;
}

/** After a refusal that may pass (disk full, the daemon away): when to try again. */
const RETRY_MS = 5_000;
/** Progress is shown so often at most. */
const SHOWN_EVERY_MS = 250;

export class Uploads {
  readonly #held = new Map<string, Held>();
  #followed: Outgoing = [];

  constructor(private readonly parts: UploadsParts) {
    parts.store.subscribe(() => this.#follow());
  }

  /** `resumes`: a page before this one had begun to send it. */
  hold(id: string, file: Blob, resumes = false): void {
    this.#held.set(id, { file, kept: resumes, tried: resumes });
  }

  /** Its parts without what it tells of place and camera. */
  holdCleaned(id: string, cleaned: Parts): void {
    const held = this.#held.get(id);
    if (held) held.cleaned = cleaned;
  }

  /** All of its bytes are at the daemon: what is left is its message. */
  post({ id, name, mime, looks, order }: OutgoingFile, sha256: string): void {
    if (!order) return;
    const { group } = order;
    this.parts.post(id, order, {
      ...{ sha256, name, mime },
      looks: { ...looks, ...(group !== undefined && { group }) },
    });
    this.#change({ kind: 'remove', id });
  }

  /** What went out of the state, whatever the reason, is given up; then whatever can go, goes. */
  #follow(): void {
    const { outgoing, connection } = this.parts.store.get();
    if (this.#held.size > 0 && this.#followed !== outgoing) {
      const known = new Set(outgoing.map(({ id }) => id));
      for (const [id, { stop }] of [...this.#held]) {
        if (known.has(id)) continue;
        this.#held.delete(id);
        stop?.abort();
      }
    }
    this.#followed = outgoing;
    this.#keep(outgoing);
    if (connection.phase !== 'live') return;
    for (const file of nextUploads(outgoing)) void this.#send(file);
  }

  #keep(files: Outgoing): void {
    for (const file of files) {
      const held = this.#held.get(file.id);
      if (!held || held.kept || file.phase !== 'queued') continue;
      held.kept = true;
      this.parts.keep(file, held.file, bodyOf(file, held));
    }
  }

  async #send(outgoing: OutgoingFile): Promise<void> {
    const { id, name, mime, order } = outgoing;
    const held = this.#held.get(id);
    if (!held || !order || held.stop) return;
    const stop = new AbortController();
    held.stop = stop;
    this.#change({ kind: 'phase', id, phase: 'uploading' });
    try {
      const body = bodyOf(outgoing, held);
      const on = { progress: this.#progress(id, body.size, held.tried), signal: stop.signal };
      const about = { id, name, mime, resumes: held.tried };
      held.tried = true;
      const { sha256 } = await this.parts.upload(body, about, on);
      delete held.stop;
      // Not where it was cancelled as its last byte came.
      if (this.#held.get(id) === held) this.post(outgoing, sha256);
    } catch (error) {
      delete held.stop;
      if (this.#held.get(id) === held) await this.#failed(id, held.file, error);
    }
  }

  #progress(id: string, size: number, resumes: boolean): (sent: number) => void {
    const { now } = this.parts;
    const begun = now();
    let pace: Pace | undefined;
    let shown = begun;
    return (sent) => {
      const done = Math.min(sent, size);
      // What was there before says nothing of the speed.
      pace ??= { at: begun, done: resumes ? done : 0 };
      pace = paceAfter(pace, now(), done);
      if (now() - shown < SHOWN_EVERY_MS) return;
      shown = now();
      this.#change({ kind: 'progress', id, done, ...(pace.speed !== undefined && { speed: pace.speed }) });
    };
  }

  async #failed(id: string, file: Blob, error: unknown): Promise<void> {
    const { parts } = this;
    const code = error instanceof ApiError ? error.code : 'internal';
    const away = code === 'daemon_unreachable';
    // A browser says no more than that sending failed, also where it could not read on.
    if (away && !(await isReadable(file))) return this.#fail(id, 'failed', parts.unreadable());
    if (!away && !(isErrorCode(code) && errorTable[code].retryable)) {
      return this.#fail(id, 'failed', parts.failureText(error));
    }
    this.#fail(id, 'waiting', parts.failureText(error));
    this.parts.later(() => this.#again(id), RETRY_MS);
  }

  #again(id: string): void {
    const file = this.parts.store.get().outgoing.find((known) => known.id === id);
    if (file?.phase === 'waiting') this.#change({ kind: 'phase', id, phase: 'queued' });
  }

  #fail(id: string, phase: 'waiting' | 'failed', problem: string): void {
    if (this.#held.has(id)) this.#change({ kind: 'phase', id, phase, problem });
  }

  #change(change: OutgoingChange): void {
    this.parts.store.dispatch({ type: 'outgoing', change });
  }
}

function bodyOf(file: OutgoingFile, held: Held): Blob {
  return isCleaned(file) && held.cleaned ? blobOf(held.file, held.cleaned, '') : held.file;
}

async function isReadable(file: Blob): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}
