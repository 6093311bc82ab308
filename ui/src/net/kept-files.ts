/**
 * What this browser keeps of files on their way, so that a reload loses none: IndexedDB, which holds blobs and handles as they are.
 * Where it is forbidden or full nothing is kept, and nothing here throws.
 */
import type { FileHandle } from '../files/handles.js';
import type { OutgoingFile } from '../files/outgoing.js';

export interface KeptFile {
  readonly id: string;
  /** Whose it is: several daemons may have served this origin. */
  readonly username: string;
  /** Which was first, ms: those that are sent together keep their order. */
  readonly at: number;
  readonly file: OutgoingFile;
  /** Of the file that was chosen, ms: one that is chosen again has to be the same. */
  readonly lastModified: number;
  /** What is sent, where it is small enough for a copy. */
  readonly body?: Blob;
  readonly handle?: FileHandle;
}

const STORE = 'outgoing';

export class KeptFiles {
  #opened: Promise<IDBDatabase | undefined> | undefined;

  constructor(private readonly indexedDB: IDBFactory | undefined) {}

  /** Answers whether it is kept. */
  async put(kept: KeptFile): Promise<boolean> {
    return (await this.#run('readwrite', (store) => store.put(kept))) !== undefined;
  }

  async get(id: string): Promise<KeptFile | undefined> {
    return (await this.#run('readonly', (store) => store.get(id))) as KeptFile | undefined;
  }

  async all(username: string): Promise<readonly KeptFile[]> {
    const all = ((await this.#run('readonly', (store) => store.getAll())) ?? []) as KeptFile[];
    return all.filter((kept) => kept.username === username).sort((a, b) => a.at - b.at);
  }

  async remove(id: string): Promise<void> {
    await this.#run('readwrite', (store) => store.delete(id));
  }

  /** Undefined where it failed; durable, as far as a browser goes, when it resolves. */
  async #run(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    this.#opened ??= this.#open();
    const database = await this.#opened;
    if (!database) return undefined;
    return new Promise((resolve) => {
      try {
        const transaction = database.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  }

  #open(): Promise<IDBDatabase | undefined> {
    return new Promise((resolve) => {
      try {
        const request = this.indexedDB?.open('parley', 1);
        if (!request) return resolve(undefined);
        request.onupgradeneeded = () => void request.result.createObjectStore(STORE, { keyPath: 'id' });
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(undefined);
        request.onblocked = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  }
}
