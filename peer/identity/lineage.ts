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
export interface RunMark {
  readonly mark: string;
  /** The one before. */
  readonly before: string | undefined;
}

export interface MarkShelf {
  get(): RunMark | undefined;
  /** Durable when it resolves. */
  set(mark: RunMark): Promise<void>;
}

/**
 * Whether the history is the one that this key was last used with. It may be one mark ahead: it is marked first, and a
 * process may die in between. Before the first start with marks there is none in either.
 * @param marks those beside the key, the latest first
 */
export function isWhole(inHistory: RunMark | undefined, [latest]: readonly string[]): boolean {
  if (inHistory === undefined) return latest === undefined;
  return latest === undefined || inHistory.mark === latest || inHistory.before === latest;
}

/** What a start, or a stop, writes: first the history's mark, then those beside the key. */
export function advanced(
  inHistory: RunMark | undefined,
  marks: readonly string[],
  mark: string,
): { readonly history: RunMark; readonly marks: readonly string[] } {
  // What the file has not heard of yet stays part of it.
  const ahead = inHistory && inHistory.mark !== marks[0] && inHistory.before === marks[0];
  const known = ahead ? [inHistory.mark, ...marks] : marks;
  // By what the file says: where it cannot be written, the history never comes to be further ahead of it than one mark.
  return { history: { mark, before: marks[0] }, marks: [mark, ...known].slice(0, LINEAGE_MAX) };
}

/** @param mark of this start or stop. @param wasCut whether the run before this one was not stopped */
export function epochAfter(
  epoch: string | undefined,
  to: 'start' | 'stop',
  wasCut: boolean,
  mark: string,
): string | undefined {
  return to === 'start' && wasCut ? mark : epoch;
}

export class Lineage {
  private constructor(
    private readonly file: string,
    private readonly shelf: MarkShelf,
    /** The latest first. */
    private list: readonly string[],
    private since: string | undefined,
    /**
     * The run before this one was not stopped, as far as this directory knows: it was killed, or this is a copy that was made
     * while it ran, and the tracker knows of no mark after that.
     */
    readonly wasCut: boolean,
  ) {}

  static async open(directory: string, shelf: MarkShelf): Promise<Lineage> {
    const file = join(directory, FILE);
    const { marks, epoch, running } = read(await readIfThere(file));
    return new Lineage(file, shelf, marks, epoch, running);
  }

  get marks(): readonly string[] {
    return this.list;
  }

  /** The mark of the last start after a run that was cut: what was said before it may have been lost. Undefined before the first. */
  get epoch(): string | undefined {
    return this.since;
  }

  get isWhole(): boolean {
    return isWhole(this.shelf.get(), this.list);
  }

  /** @throws as the shelf, or the system's error */
  async advance(to: 'start' | 'stop'): Promise<void> {
    // It may have been written although that was reported as failed, its folder could not be flushed.
    const said = read(await readIfThere(this.file)).marks;
    const mark = randomBytes(12).toString('base64url');
    const next = advanced(this.shelf.get(), said.length > 0 ? said : this.list, mark);
    await this.shelf.set(next.history);
    const { marks } = next;
    const since = epochAfter(this.since, to, this.wasCut, next.history.mark);
    const epoch = since === undefined ? {} : { epoch: since };
    await replaceFile(this.file, JSON.stringify({ marks, ...epoch, running: to === 'start' }));
    // Only now: the tracker must not hear of a mark that the next process may not know.
    this.list = marks;
    this.since = since;
  }
}

function read(text: string | undefined): { marks: string[]; epoch: string | undefined; running: boolean } {
  try {
    const { marks, epoch, running } = JSON.parse(text ?? '{}') as Partial<
      Record<'marks' | 'epoch' | 'running', unknown>
    >;
    const isMark = (mark: unknown): mark is string => typeof mark === 'string' && MARK.test(mark);
    return {
      marks: Array.isArray(marks) ? marks.filter(isMark) : [],
      epoch: isMark(epoch) ? epoch : undefined,
      running: running === true,
    };
  } catch {
    // As good as none: the tracker and the others still know.
    return { marks: [], epoch: undefined, running: false };
  }
}
