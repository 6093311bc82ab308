/**
 * Files on their way that outlast the page: small ones as a copy, others where the browser can read them again. What it can do
 * neither with is chosen again by the person; what the daemon has of it counts all the same. Each belongs to one window at a time.
 */
import { handleOf, type FileHandle } from '../files/handles.js';
import { isCleaned, type OutgoingChange, type OutgoingFile } from '../files/outgoing.js';
import { prepare } from '../files/prepare.js';
import type { UploadProgress } from '../../../protocol/local-api.js';
import type { KeptFile, KeptFiles } from '../net/kept-files.js';
import type { UploadDoor } from '../net/upload.js';
import type { Store } from '../state/store.js';
import type { Uploads } from './uploads.js';

/** What is larger is not copied, bytes. */
const COPY_MAX = 16 * 1024 * 1024;

export interface KeptUploadsParts {
  /** The browser's clock, ms. */
  now(): number;
  readonly store: Pick<Store, 'get' | 'dispatch' | 'subscribe'>;
  readonly files: Pick<KeptFiles, 'put' | 'get' | 'all' | 'remove'>;
  readonly door: Pick<UploadDoor, 'progress' | 'drop'>;
  readonly uploads: () => Pick<Uploads, 'hold' | 'holdCleaned' | 'post'>;
  /** Absent in pages at an address that the browser does not trust: there two windows could not be told apart. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
}

export class KeptUploads {
  readonly #kept = new Map<string, KeptFile>();
  /** What ends the hold of this window on a file. */
  readonly #releases = new Map<string, () => void>();
  /** On their way by this window. */
  readonly #shown = new Set<string>();
  #last = 0;

  constructor(private readonly parts: KeptUploadsParts) {
    parts.store.subscribe(() => this.#follow());
  }

  /** @param body what is sent of the chosen file */
  async keep(file: OutgoingFile, chosen: Blob, body: Blob): Promise<void> {
    const { session } = this.parts.store.get();
    if (session.phase !== 'signed_in' || !this.parts.locks) return;
    const { id } = file;
    const { username } = session;
    const at = (this.#last = Math.max(this.#last + 1, this.parts.now()));
    this.#shown.add(id);
    this.#own(id, () => undefined);
    const handle = await handleOf(chosen);
    const found = body.size <= COPY_MAX ? { body } : handle && { handle };
    const lastModified = chosen instanceof File ? chosen.lastModified : 0;
    const kept: KeptFile = { ...{ id, username, at, lastModified }, file, ...found };
    const done = await this.parts.files.put(kept).catch(() => false);
    // Sent, or given up, meanwhile.
    if (!this.#releases.has(id)) await this.parts.files.remove(id);
    else if (done && found) this.#change({ kind: 'kept', id });
  }

  /** Takes up what was left by a page that is gone; what another window has, once that is gone. */
  async restore(username: string): Promise<void> {
    if (!this.parts.locks) return;
    for (const { id } of await this.parts.files.all(username)) {
      if (!this.#releases.has(id)) this.#own(id, () => void this.#adopt(id, username));
    }
  }

  /** Reads it again where the browser has to ask the person first. */
  async allow(id: string): Promise<void> {
    const handle = this.#kept.get(id)?.handle;
    if ((await handle?.requestPermission?.({ mode: 'read' })) !== 'granted') return;
    if (!(await this.#readAgain(id, handle))) this.#lost(id, 'choose');
  }

  /** Whether it is the same file: then it goes on. */
  async choose(id: string, chosen: File): Promise<boolean> {
    const kept = this.#kept.get(id);
    if (!kept) return false;
    if (chosen.size !== kept.file.size || chosen.lastModified !== kept.lastModified) return false;
    const { uploads } = this.parts;
    uploads().hold(id, chosen, true);
    if (isCleaned(kept.file)) {
      const { cleaned } = await prepare(chosen, kept.file.mime);
      if (!cleaned) return false;
      uploads().holdCleaned(id, cleaned);
    }
    this.#change({ kind: 'phase', id, phase: 'queued' });
    return true;
  }

  /** What is not on its way any more, whatever the reason, is not kept. */
  #follow(): void {
    if (this.#shown.size === 0) return;
    const known = new Set(this.parts.store.get().outgoing.map(({ id }) => id));
    for (const id of [...this.#shown]) if (!known.has(id)) this.#forget(id);
  }

  #forget(id: string): void {
    this.#shown.delete(id);
    this.#kept.delete(id);
    this.#release(id);
    void this.parts.files.remove(id);
    void this.parts.door.drop(id);
  }

  #own(id: string, then: () => void): void {
    const held = new Promise<void>((resolve) => this.#releases.set(id, resolve));
    void this.parts.locks
      ?.request(`parley file ${id}`, () => {
        then();
        return held;
      })
      .catch(() => undefined);
  }

  async #adopt(id: string, username: string): Promise<void> {
    const kept = await this.parts.files.get(id);
    const { session, outgoing, outbox } = this.parts.store.get();
    const isOurs = session.phase === 'signed_in' && session.username === username;
    if (!kept || !isOurs || outgoing.some((file) => file.id === id)) return this.#release(id);
    // Its bytes were all there, and its message is on its way.
    if (outbox.some(({ client }) => client === id)) return this.#forget(id);
    this.#kept.set(id, kept);
    const { body, handle, file } = kept;
    if (body) this.parts.uploads().hold(id, body, true);
    const { problem: _, speed: __, regain: ___, ...rest } = file;
    const phase = body ? 'queued' : 'lost';
    this.#shown.add(id);
    this.#change({
      kind: 'add',
      files: [{ ...rest, done: 0, phase, ...(body ? { kept: true } : { regain: 'choose' }) }],
    });
    if (body) return;
    if (await this.#isWhole(file)) return;
    if (!handle) return;
    if ((await handle.queryPermission?.({ mode: 'read' })) !== 'granted') this.#lost(id, 'allow');
    else await this.#readAgain(id, handle);
  }

  async #readAgain(id: string, handle: FileHandle | undefined): Promise<boolean> {
    const file = await handle?.getFile().catch(() => undefined);
    return file !== undefined && this.choose(id, file);
  }

  /** Shows how much of it is at the daemon. Where all is, the page before this one was gone before it heard so: nothing is asked for. */
  async #isWhole(file: OutgoingFile): Promise<boolean> {
    const { id } = file;
    const { received: done, sha256 } = await this.parts.door
      .progress(id)
      .catch((): UploadProgress => ({ received: 0 }));
    if (!this.#shown.has(id)) return true;
    if (sha256 === undefined) this.#change({ kind: 'progress', id, done });
    else this.parts.uploads().post(file, sha256);
    return sha256 !== undefined;
  }

  #lost(id: string, regain: 'allow' | 'choose'): void {
    this.#change({ kind: 'lost', id, regain });
  }

  #release(id: string): void {
    this.#releases.get(id)?.();
    this.#releases.delete(id);
  }

  #change(change: OutgoingChange): void {
    this.parts.store.dispatch({ type: 'outgoing', change });
  }
}
