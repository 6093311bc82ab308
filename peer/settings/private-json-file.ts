import { randomUUID } from 'node:crypto';
import { access, chmod, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataFile } from 'lowdb/node';

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
   * The document, or null when there is no file yet. Also makes a file that others could read private.
   * @throws SyntaxError when it is not JSON; NotAnObject for other JSON, of which lowdb would take some for no file
   */
  override async read(): Promise<T | null> {
    const document: unknown = await super.read();
    if (document === null && !(await exists(this.#file))) return null;
    if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new NotAnObject();
    await chmod(this.#file, PRIVATE);
    return document as T;
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

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
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
