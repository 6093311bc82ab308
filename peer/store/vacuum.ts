/**
 * Gives back to the disk what the history no longer needs, in small steps while nobody waits for anything. A database of an earlier
 * version cannot do that: it is written anew once, at an opening, where it pays.
 */
import type { Database, Statement } from './sqlite.js';

/** Free pages that are kept, since what is written next takes them: so many, and this part of the file. */
const KEPT_PAGES = 1024;
const KEPT_PART = 0.1;
/** Pages that one step moves from the end of the file to its gaps: a few milliseconds. */
const STEP_PAGES = 64;
/** From so much that is free on, an old database is written anew, which takes about a second for each 100 MB that stay. */
const REWRITE_PAGES = 4096;
const REWRITE_PART = 0.5;

const INCREMENTAL = 2;

const SET_UP = 'PRAGMA auto_vacuum = INCREMENTAL;';

/** Before the first table is made: from then on nothing but a rewriting of the whole file changes it, and to say it again would be a write. */
export function setUpVacuum(db: Database): void {
  if (number(db, 'page_count') === 0) db.exec(SET_UP);
}

/** Within no transaction. Where there is no room to write it anew it stays as it is, until another opening. @returns whether it was */
export function rewriteOld(db: Database, failed: (error: unknown) => void = () => undefined): boolean {
  const [free, pages] = [number(db, 'freelist_count'), number(db, 'page_count')];
  if (number(db, 'auto_vacuum') === INCREMENTAL || free < REWRITE_PAGES || free < pages * REWRITE_PART) return false;
  try {
    db.exec(`${SET_UP} VACUUM; PRAGMA wal_checkpoint(TRUNCATE)`);
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}

export class Vacuum {
  private readonly isPossible: boolean;
  private readonly free: Statement;
  private readonly pages: Statement;

  constructor(private readonly db: Database) {
    this.isPossible = number(db, 'auto_vacuum') === INCREMENTAL;
    this.free = db.prepare('PRAGMA freelist_count');
    this.pages = db.prepare('PRAGMA page_count');
  }

  /** Does one step where there is enough to give back. Returns whether there is more. */
  step(): boolean {
    if (!this.isPossible) return false;
    const spare = this.spare();
    if (spare <= 0) return false;
    this.db.exec(`PRAGMA incremental_vacuum(${Math.min(spare, STEP_PAGES)})`);
    return spare > STEP_PAGES;
  }

  private spare(): number {
    const free = Number(this.free.get()?.['freelist_count'] ?? 0);
    if (free <= KEPT_PAGES) return 0;
    const pages = Number(this.pages.get()?.['page_count'] ?? 0);
    return free - Math.max(KEPT_PAGES, Math.ceil(pages * KEPT_PART));
  }
}

function number(db: Database, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
}
