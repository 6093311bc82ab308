/** Fills a real store with years of a busy team's history: channels and people of different zeal, reactions, edits, deletions. */
import { entryId, type Entry, type EntryFields } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { Store } from '../../peer/store/store.js';
import { seeded, Vocabulary, zipf } from './search-words.js';

const PEOPLE = 300;
const CHANNELS = 60;
const TRANSACTION = 1_000;
/** Between two messages, on average: a million of them in a year. */
const EVERY_MS = 30_000;
const START = Date.UTC(2025, 10, 20);
const RECENT = 500;

const FIRST = '#channel-0' as ConversationId;
export const conversations = Array.from({ length: CHANNELS }, (_, i) => `#channel-${i}` as ConversationId);
export const person = (i: number): Username => `person-${i}` as Username;

export class Filling {
  private readonly random = seeded(20_261_120);
  private readonly pickPerson = zipf(PEOPLE, this.random);
  private readonly pickChannel = zipf(CHANNELS, this.random);
  private readonly ends = new Map<string, { seq: number; id: EntryId }>();
  private readonly recent: Entry[] = [];
  private time = START;
  readonly vocabulary = new Vocabulary(this.random);

  /** @param also given the same entries, transaction by transaction */
  constructor(
    private readonly store: Store,
    private readonly also?: (entries: readonly Entry[]) => void,
  ) {}

  /** Resolves once all is written and indexed. @param told how many messages there are */
  async fill(messages: number, told: (count: number) => void): Promise<void> {
    for (let count = 0; count < messages;) {
      const entries: Entry[] = [];
      while (entries.length < TRANSACTION && count < messages) {
        const entry = this.next();
        if (entry.kind === 'text') count++;
        entries.push(entry);
      }
      this.store.entries.transaction(() => this.store.entries.insert(...entries));
      this.store.committed();
      this.also?.(entries);
      while (this.store.indexSlice());
      if (count % 100_000 < TRANSACTION) told(count);
      await new Promise(setImmediate);
    }
  }

  /** The next message of the most zealous person. */
  post(conversation = FIRST): Entry {
    this.time += EVERY_MS;
    return this.entry(conversation, person(0), 'text', this.vocabulary.text(), {});
  }

  private next(): Entry {
    this.time += Math.floor(this.random() * 2 * EVERY_MS);
    const target = this.recent[Math.floor(this.random() * this.recent.length)];
    const chance = this.random();
    const who = person(this.pickPerson());
    if (target && chance < 0.1) {
      return this.entry(target.conversation, who, 'reaction', '', { target: target.id, emoji: '👍' });
    }
    if (target && chance < 0.12) {
      return this.entry(target.conversation, target.from, 'edit', this.vocabulary.text(), { target: target.id });
    }
    if (target && chance < 0.125)
      return this.entry(target.conversation, target.from, 'delete', '', { target: target.id });
    const conversation = conversations[this.pickChannel()] ?? FIRST;
    const entry = this.entry(conversation, who, 'text', this.vocabulary.text(), {});
    this.recent[Math.floor(this.random() * RECENT)] = entry;
    return entry;
  }

  private entry(
    conversation: ConversationId,
    from: Username,
    kind: string,
    message: string,
    data: Entry['data'],
  ): Entry {
    const device = `${from}-device`.padEnd(22, '0') as DeviceId;
    const end = this.ends.get(`${device} ${conversation}`);
    const fields: EntryFields = {
      ...{ conversation, from, device, seq: (end?.seq ?? 0) + 1, prev: end?.id ?? '' },
      ...{ time: new Date(this.time).toISOString(), kind, message, data },
    };
    const entry: Entry = { ...fields, id: entryId(fields) };
    this.ends.set(`${device} ${conversation}`, entry);
    return entry;
  }
}
