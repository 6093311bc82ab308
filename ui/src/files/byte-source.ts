/** Bytes of a chosen file, read a part at a time: however large it is, it is never whole in memory. */

export interface ByteSource {
  readonly size: number;
  /** From `from` to before `to`, both within the size. @throws where the file has changed or gone since it was chosen */
  read(from: number, to: number): Promise<Uint8Array>;
}

export function sourceOf(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
  };
}

/** A part of a source that is kept as it is: from `from` to before `to`. */
export interface Kept {
  readonly from: number;
  readonly to: number;
}

/** A file anew: parts of the old one, and a few bytes between them. */
export type Parts = readonly (Kept | Uint8Array<ArrayBuffer>)[];

/** A picture without what it said of itself. `removed`: there was something to remove; `place`: it said where it was taken. */
export interface Cleaned {
  readonly parts: Parts;
  readonly removed: boolean;
  readonly place: boolean;
}

/** Only describes where the bytes are: nothing is read before the result is sent. */
export function blobOf(file: Blob, parts: Parts, type: string): Blob {
  const pieces = parts.map((part) => (part instanceof Uint8Array ? part : file.slice(part.from, part.to)));
  return new Blob(pieces, { type });
}

/** The file is not built as its kind says: what is looked for in it may stand anywhere. */
export class Malformed extends Error {}

const WINDOW = 256 * 1024;
/** A file of so many pieces was made to be slow to read. */
const STEPS_MAX = 200_000;

/** Looks at bytes near each other without reading the same part again and again. */
export class ByteWindow {
  #from = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #steps = 0;

  constructor(private readonly source: ByteSource) {}

  get size(): number {
    return this.source.size;
  }

  /** @throws Malformed where the file ends before, or has been asked for too many pieces */
  async view(from: number, length: number): Promise<DataView> {
    const bytes = await this.upTo(from, length);
    if (bytes.length < length) throw new Malformed('it ends too early');
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** Of four characters or more: the name of a piece. */
  async text(from: number, length: number): Promise<string> {
    return latin1(await this.upTo(from, length));
  }

  /** As many of these bytes as there are. */
  async upTo(from: number, length: number): Promise<Uint8Array> {
    if (++this.#steps > STEPS_MAX) throw new Malformed('it has too many pieces');
    const to = Math.min(from + length, this.size);
    if (from >= to) return new Uint8Array(0);
    if (from < this.#from || to > this.#from + this.#bytes.length) {
      this.#bytes = await this.source.read(from, Math.min(this.size, Math.max(to, from + WINDOW)));
      this.#from = from;
    }
    return this.#bytes.subarray(from - this.#from, to - this.#from);
  }

  /** All that follows, a window at a time, each with where it begins. */
  async *windows(from: number): AsyncGenerator<readonly [at: number, bytes: Uint8Array]> {
    for (let at = from; at < this.size; at += WINDOW) yield [at, await this.upTo(at, WINDOW)];
  }
}

export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Joins what follows each other, so that a file of many pieces stays a short list. */
export class PartList {
  readonly #parts: (Kept | Uint8Array<ArrayBuffer>)[] = [];

  keep(from: number, to: number): void {
    const last = this.#parts.at(-1);
    if (last && !(last instanceof Uint8Array) && last.to === from) this.#parts.splice(-1, 1, { from: last.from, to });
    else if (to > from) this.#parts.push({ from, to });
  }

  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(bytes);
  }

  get parts(): Parts {
    return this.#parts;
  }
}
