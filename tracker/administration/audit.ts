import { Compile } from 'typebox/compile';
import Type from 'typebox';
import { AuditEntry } from '../../protocol/admin-api.js';
import type { Clock } from '../clock.js';
import type { RecordStore, RecordWrite } from '../store/record-store.js';

export interface AuditLogOptions {
  records: RecordStore;
  clock: Clock;
  randomBytes: (size: number) => Buffer;
}

/** What is kept: about 2 MB. */
const ENTRIES_MAX = 10_000;
/** Digits of a time in base 36: enough until the year 5000, so that ids sort by time. */
const TIME_DIGITS = 9;

const stored = Compile(Type.Omit(AuditEntry, ['id']));

/** Who did what to whom: every action of an admin, the latest 10,000. No entry holds a secret. */
export class AuditLog {
  #last = 0;

  constructor(private readonly options: AuditLogOptions) {}

  async add(by: string | undefined, action: string, subject?: string, detail?: string): Promise<void> {
    const { kind, id, value } = this.entry(by, action, subject, detail);
    await this.options.records.update(kind, id, () => value);
  }

  /** What `add` writes, for whoever writes it together with what was done. */
  entry(by: string | undefined, action: string, subject?: string, detail?: string): RecordWrite {
    const { clock, randomBytes } = this.options;
    const now = clock.now();
    // Two of one millisecond keep their order.
    this.#last = Math.max(now, this.#last + 1);
    const id = this.#last.toString(36).padStart(TIME_DIGITS, '0') + randomBytes(6).toString('hex');
    const at = new Date(now).toISOString();
    const value = { at, action, ...(by && { by }), ...(subject && { subject }), ...(detail && { detail }) };
    return { kind: 'audit', id, value };
  }

  /** The latest first. @param before the id of the last one of the page before */
  async page(before: string | undefined, limit: number): Promise<{ entries: AuditEntry[]; more: boolean }> {
    const found = await this.options.records.list('audit', { before, limit: limit + 1 });
    const entries = found.slice(0, limit).flatMap(({ id, value }) => (stored.Check(value) ? [{ ...value, id }] : []));
    return { entries, more: found.length > limit };
  }

  /** To be called from time to time. */
  prune(): Promise<void> {
    return this.options.records.keepLast('audit', ENTRIES_MAX);
  }
}
