import { Low } from 'lowdb';
import type { TSchema, Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { isParleyError } from '../../protocol/errors.js';
import type { Log } from '../services.js';
import { NotAnObject, PrivateJsonFile } from './private-json-file.js';

export interface DocumentOptions<Schema extends TSchema> {
  readonly file: string;
  readonly schema: Schema;
  /** What a new file starts from; members that a file lacks are taken from here. */
  readonly defaults: Static<Schema>;
  readonly log: Log;
}

/** Of the form of the documents, written into each. It rises when an earlier version would misread what a later one wrote. */
const VERSION = 1;

/** Why a document of the peer cannot be used, as one line for people: file, field, next step. Carries no stack. */
class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    delete this.stack;
  }
}

/**
 * One small JSON document of the peer, in memory and on disk. Changes are seen at once in `data` and written soon: one
 * write at a time, all changes that came meanwhile in the next one. A write that fails is tried again with the next change
 * and with `flush`. Members that this version does not know are kept as they are.
 */
export class Document<T extends object> {
  readonly #low: Low<T>;
  readonly #file: string;
  readonly #log: Log;
  #changes = 0;
  /** How many of them the file holds. */
  #written = 0;
  #writing: Promise<void> | undefined;

  private constructor(low: Low<T>, file: string, log: Log) {
    this.#low = low;
    this.#file = file;
    this.#log = log;
  }

  /** @throws SettingsError for a file that cannot be used; it is left exactly as it is */
  static async open<Schema extends TSchema>(
    options: DocumentOptions<Schema>,
  ): Promise<Document<Static<Schema> & object>> {
    type T = Static<Schema> & object;
    const { file, schema, log } = options;
    const defaults = structuredClone(options.defaults) as T;
    const stored = new PrivateJsonFile<T>(file);
    const low = new Low<T>(stored, defaults);
    try {
      await low.read();
    } catch (error) {
      throw unreadable(file, error);
    }
    low.data = checked(file, schema, defaults, low.data) as T;
    // Not before: what is refused is left as it is.
    await stored.makePrivate();
    return new Document<T>(low, file, log);
  }

  get data(): Readonly<T> {
    return this.#low.data;
  }

  /** Changes the document in place, and has it written soon. */
  update(change: (data: T) => void): void {
    change(this.#low.data);
    this.#changes += 1;
    if (this.#writing) return;
    void this.#write().catch((err: unknown) => {
      this.#log.error({ err, file: this.#file }, 'could not be written; it is tried again with the next change');
    });
  }

  /** Resolves once everything changed so far is on the disk. Rejects with the system's error when it cannot be. */
  async flush(): Promise<void> {
    while (this.#written < this.#changes) await this.#write();
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      // The changes of one tick become one write.
      await new Promise((resolve) => setImmediate(resolve));
      const changes = this.#changes;
      await this.#low.write();
      this.#written = changes;
    } finally {
      this.#writing = undefined;
    }
    // What was changed while it was written.
    if (this.#written < this.#changes) await this.#write();
  }
}

function unreadable(file: string, error: unknown): SettingsError {
  if (isParleyError(error)) return new SettingsError(error.message);
  const next = 'Correct it, or move it away to start from the defaults.';
  if (error instanceof NotAnObject) return new SettingsError(`${file} must hold one JSON object. ${next}`);
  const why = error instanceof Error ? error.message : String(error);
  if (typeof error === 'object' && error !== null && 'code' in error) {
    return new SettingsError(`${file} cannot be read (${why}). Give this account access to it, then start again.`);
  }
  // Only the place: the rest of the message can quote the text, which may be a secret.
  const place = /position \d+/.exec(why)?.[0];
  return new SettingsError(`${file} is not valid JSON${place ? ` (at ${place})` : ''}. ${next}`);
}

/** One without a version is from before there was one. */
function checked(file: string, schema: TSchema, defaults: object, given: object): unknown {
  const version = 'version' in given ? given.version : VERSION;
  if (!Number.isSafeInteger(version)) {
    throw new SettingsError(`${file}: version must be a whole number. Correct it, then start again.`);
  }
  if (Number(version) > VERSION) {
    const next = 'Update Parley, or move the file away to start from the defaults.';
    throw new SettingsError(`${file} was written by a newer version of Parley. ${next}`);
  }
  const whole: unknown = { version: VERSION, ...defaults, ...given };
  const validator = Compile(schema);
  if (validator.Check(whole)) return whole;
  const [first] = validator.Errors(whole);
  const field = (first?.instancePath ?? '').split('/').filter(Boolean).join('.') || 'the document';
  throw new SettingsError(`${file}: ${field} ${first?.message ?? 'is not valid'}. Correct it, then start again.`);
}
