/**
 * By what a copy of this device, or an old backup of it, is known (docs/decisions/restored-backup.md): each start and each
 * stop of its daemon takes a random mark. The latest one stands in three places: in the history, in a file beside the key, and
 * at the tracker. Where they do not follow each other, one of them was put back to what it was before.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { LINEAGE_MAX } from '../../protocol/limits.js';
import { readIfThere, replaceFile } from './files.js';

const FILE = 'lineage.json';
const MARK = /^[A-Za-z0-9_-]{16}$/;

/** The mark in the history. */
export interface MarkShelf {
  get(): { readonly mark: string; readonly before: string | undefined } | undefined;
  /** Durable when it resolves. */
  set(mark: { readonly mark: string; readonly before: string | undefined }): Promise<void>;
}

export class Lineage {
  private constructor(
    private readonly file: string,
    private readonly shelf: MarkShelf,
    /** The latest first. */
    private list: readonly string[],
  ) {}

  static async open(directory: string, shelf: MarkShelf): Promise<Lineage> {
    const file = join(directory, FILE);
    return new Lineage(file, shelf, marksIn(await readIfThere(file)));
  }

  get marks(): readonly string[] {
    return this.list;
  }

  /**
   * Whether the history is the one that this key was last used with. It may be one mark ahead: it is marked first, and a
   * process may die in between. Before the first start with marks there is none in either.
   */
  get isWhole(): boolean {
    const inHistory = this.shelf.get();
    const [latest] = this.list;
    return inHistory === undefined
      ? latest === undefined
      : latest === undefined || inHistory.mark === latest || inHistory.before === latest;
  }

  /** A start, or a stop. @throws as the shelf, or the system's error */
  async advance(): Promise<void> {
    const inHistory = this.shelf.get();
    // What the file has not heard of yet stays part of it.
    const ahead = inHistory && inHistory.mark !== this.list[0] && inHistory.before === this.list[0];
    const known = ahead ? [inHistory.mark, ...this.list] : this.list;
    const mark = randomBytes(12).toString('base64url');
    await this.shelf.set({ mark, before: known[0] });
    this.list = [mark, ...known].slice(0, LINEAGE_MAX);
    await replaceFile(this.file, JSON.stringify({ marks: this.list }));
  }
}

function marksIn(text: string | undefined): string[] {
  if (text === undefined) return [];
  try {
    const { marks } = JSON.parse(text) as { marks?: unknown };
    return Array.isArray(marks)
      ? marks.filter((mark): mark is string => typeof mark === 'string' && MARK.test(mark))
      : [];
  } catch {
    // As good as none: the tracker and the others still know.
    return [];
  }
}
