/** How MP4, QuickTime, HEIC and AVIF are built (ISO 14496-12): boxes within boxes, each with its length and its name. */
import { type ByteWindow, Malformed } from './byte-source.js';

/** Bytes from `from` to before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Box {
  readonly name: string;
  /** Of its length and name; of what is in it; behind it. */
  readonly from: number;
  readonly body: number;
  readonly to: number;
}

/** @throws Malformed where one is longer than what it stands in */
export async function* boxesIn(file: ByteWindow, from: number, to: number): AsyncGenerator<Box> {
  // Some lists end with a zero in place of a box.
  for (let at = from; at + 8 <= to;) {
    const length = (await file.view(at, 4)).getUint32(0);
    const name = await file.text(at + 4, 4);
    const long = length === 1;
    const whole = long ? Number((await file.view(at + 8, 8)).getBigUint64(0)) : length === 0 ? to - at : length;
    const body = at + (long ? 16 : 8);
    if (!(at + whole <= to) || at + whole < body) throw new Malformed('a box of a wrong length');
    yield { name, from: at, body, to: at + whole };
    at += whole;
  }
}

export async function findBox(
  file: ByteWindow,
  { body, to }: Box,
  ...names: readonly string[]
): Promise<Box | undefined> {
  const [name, ...rest] = names;
  for await (const box of boxesIn(file, body, to)) {
    if (box.name === name) return rest.length === 0 ? box : findBox(file, box, ...rest);
  }
  return undefined;
}

/** Reads numbers one after the other. */
export class BoxReader {
  constructor(
    private readonly file: ByteWindow,
    private at: number,
    private readonly to: number,
  ) {}

  /** Of so many bytes, 0 to 8. @throws Malformed behind the end, and where it is no exact number */
  async number(bytes: number): Promise<number> {
    if (bytes === 0) return 0;
    if (this.at + bytes > this.to) throw new Malformed('a list that ends too early');
    const view = await this.file.view(this.at, bytes);
    this.at += bytes;
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + view.getUint8(i);
    if (!Number.isSafeInteger(value)) throw new Malformed('a number that is too large');
    return value;
  }

  async text(bytes: number): Promise<string> {
    if (this.at + bytes > this.to) throw new Malformed('a list that ends too early');
    this.at += bytes;
    return this.file.text(this.at - bytes, bytes);
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** Version of a full box; its flags are passed over. */
  async version(): Promise<number> {
    const version = await this.number(1);
    this.skip(3);
    return version;
  }
}
