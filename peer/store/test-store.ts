/** Test support: a real store in a folder of its own, and people who write entries of all kinds. */
import { entryId, type Entry, type EntryFields } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { Store } from './store.js';

export const general = '#general' as ConversationId;

export interface Saying {
  readonly kind?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly conversation?: ConversationId;
  /** Seconds after the start of 2026; one more than the last one unless given. */
  readonly at?: number;
  /** Another device of the same user. */
  readonly device?: string;
}

/** Logs that grow; what they write is not stored anywhere yet. */
export class Writers {
  private readonly ends = new Map<string, Pick<Entry, 'seq' | 'id'>>();
  private now = 0;

  say(
    from: string,
    message: string,
    { kind = 'text', data = {}, conversation = general, at, device = '' }: Saying = {},
  ): Entry {
    this.now = at ?? this.now + 1;
    const id = `${from.toLowerCase()}${device}`.padEnd(22, '0') as DeviceId;
    const end = this.ends.get(`${id} ${conversation}`);
    const fields: EntryFields = {
      ...{ conversation, from: from as Username, device: id, seq: (end?.seq ?? 0) + 1, prev: end?.id ?? '' },
      ...{ time: new Date(Date.UTC(2026, 0, 1) + this.now * 1000).toISOString(), kind, message, data },
    };
    const entry: Entry = { ...fields, id: entryId(fields), sig: 'S'.repeat(86) };
    this.ends.set(`${id} ${conversation}`, entry);
    return entry;
  }

  edit = (from: string, target: Entry, message: string, more: Saying = {}): Entry =>
    this.about(from, 'edit', target, message, more);
  remove = (from: string, target: Entry, more: Saying = {}): Entry => this.about(from, 'delete', target, '', more);
  react = (from: string, target: Entry, emoji: string, remove = false, more: Saying = {}): Entry =>
    this.about(from, 'reaction', target, '', { ...more, data: { emoji, ...(remove ? { remove } : {}) } });
  pin = (from: string, target: Entry, remove = false, more: Saying = {}): Entry =>
    this.about(from, 'pin', target, '', { ...more, data: remove ? { remove } : {} });
  reply = (from: string, target: Entry, message: string, more: Saying = {}): Entry =>
    this.say(from, message, { ...more, data: { reply_to: target.id } });

  private about(from: string, kind: string, target: Entry, message: string, more: Saying): Entry {
    const data = { ...more.data, target: target.id };
    return this.say(from, message, { conversation: target.conversation, ...more, kind, data });
  }
}

export class TestStore {
  private readonly folder = new TempDir();
  store = this.open();
  /** Nothing is done in pauses from the next opening on: only what is asked for. */
  busy = false;

  get directory(): string {
    return this.folder.path;
  }

  write(...entries: readonly Entry[]): void {
    this.store.entries.transaction(() => this.store.entries.insert(...entries));
    this.store.committed();
  }

  /** @param meanwhile while nobody has it open */
  reopen(meanwhile?: () => void): void {
    this.store.close();
    meanwhile?.();
    this.openAgain();
  }

  /** After `store.close()`. */
  openAgain(): void {
    this.store = this.open();
  }

  close(): void {
    this.store.close();
    this.folder.removeNow();
  }

  private open(): Store {
    return new Store({
      directory: this.folder.path,
      now: 0,
      timers: {
        setTimeout: this.busy ? () => ({}) : setTimeout,
        clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
      },
      failed: (error) => {
        throw error;
      },
    });
  }
}

export const texts = (entries: readonly Entry[]): string[] => entries.map(({ message }) => message);
