import { randomUUID } from 'node:crypto';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataFile } from 'lowdb/node';
import { isFile } from '../identity/files.js';

const PRIVATE = 0o600;

export class NotAnObject extends Error {}

/**
 * lowdb's JSON file, written so that nobody else can read it at any moment, and so that a crash or a power cut leaves
 * either the old document or the new one: into a new file of mode 0600, fsync, rename, fsync of the directory.
 * (lowdb's own writer renames too, but with the mode of the umask and without fsync.)
 */
export class PrivateJsonFile<T extends object> extends DataFile<T> {
  readonly #file: string;

  constructor(file: string) {
    // Some editors put a byte order mark before the text.
    const parse = (text: string): T => JSON.parse(text.replace(/^\uFEFF/, '')) as T;
    super(file, { parse, stringify: JSON.stringify });
    this.#file = file;
  }

  /**
   * The document, or null when there is no file yet.
   * @throws as `isFile`; SyntaxError when it is not JSON; NotAnObject for other JSON, of which lowdb would take some for no file
   */
  override async read(): Promise<T | null> {
    if (!isFile(this.#file)) return null;
    const document: unknown = await super.read();
    if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new NotAnObject();
    return document as T;
  }

  /** Takes from others what they could read of a file that an editor, or a copy, has made. */
  async makePrivate(): Promise<void> {
    if (isFile(this.#file)) await chmod(this.#file, PRIVATE);
  }

  /** The document is put into words before this returns, so that later changes to it do not reach this write. */
  override write(document: T): Promise<void> {
    return this.#replace(`${JSON.stringify(document, null, 2)}\n`);
  }

  async #replace(text: string): Promise<void> {
    const temporary = join(dirname(this.#file), `.${basename(this.#file)}.${randomUUID()}.tmp`);
    try {
      const handle = await open(temporary, 'wx', PRIVATE);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncDirectory(dirname(this.#file));
  }
}

/** The rename itself is durable only with its directory. Windows cannot open one, and needs no such thing. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
