/** A store of a million messages: opened, paged, counted, written into; against one table of SQLite with the same entries. */
import { join } from 'node:path';
import type { Entry } from '../../protocol/entry.js';
import { userKey, type ConversationId, type EntryId } from '../../protocol/ids.js';
import { logStorage } from '../../peer/log/storage.js';
import { ROWS_A_TURN } from '../../peer/core/turns.js';
import { Store } from '../../peer/store/store.js';
import { BareStore } from './bare-store.js';
import { median, quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { conversations, Filling, person } from './search-fill.js';

const PAGE = 50;
const PAGES = 200;
const POSTS = 300;
/** Parts of all messages after which posts are measured, beside the empty store. */
const STAGES = [0.01, 0.1, 1];
/** Unread messages are counted up to here. */
const COUNTED = 10_000;
/** What a page, a count, and opening all of it may take, ms. */
const PAGE_MS = 5;
const COUNT_MS = 50;
const OPEN_MS = 100;
/** And for how long nothing else may have its turn. */
const HELD_MS = 20;

const SELF = person(0);
const BUSIEST = '#channel-0' as ConversationId;
const OWN = '#own' as ConversationId;

const atMost = (name: string, unit: string, ratio: number): Target => ({
  name: `store: ${name}`,
  unit,
  bound: 'at most',
  ratio,
});

export const store: Benchmark = {
  name: 'store',
  about: 'a history of 1,000,000 messages: opening, pages, unread counts and posts, against one table of SQLite',
  run: async (settings) => {
    const messages = settings.quick ? 20_000 : 1_000_000;
    const subject = new Subject(settings.folder);
    try {
      // Once without being counted: the code of a fresh process is slow.
      await subject.posts();
      const empty = await subject.posts();
      settings.progress(`a post: ${told(empty)} µs when empty`);
      const rows: Row[] = [];
      let filled = 0;
      for (const part of STAGES) {
        const count = messages * part;
        await subject.filling.fill(count - filled, (more) =>
          settings.progress(`${filled + more} messages are written`),
        );
        filled = count;
        if (part === 1) subject.writeOwn(messages / 4);
        while (subject.store.indexSlice());
        const { ours, bare } = await subject.posts();
        settings.progress(`a post: ${told({ ours, bare })} µs after ${count} messages`);
        const flat = atMost(`a post after ${count}, against the empty store`, 'µs', 1.25);
        rows.push(toRow(flat, [median(ours)], [median(empty.ours)]));
        rows.push(
          toRow(atMost(`a post after ${count}, durable, against bare`, 'µs', 3), [median(ours)], [median(bare)]),
        );
      }
      rows.push(...measured(settings, subject));
      return rows;
    } finally {
      subject.close();
    }
  },
};

interface Times {
  readonly ours: number[];
  readonly bare: number[];
}

class Subject {
  store: Store;
  bare: BareStore;
  readonly filling: Filling;
  private readonly directory: string;

  constructor(folder: string) {
    this.directory = join(folder, 'parley');
    this.store = this.open();
    this.bare = new BareStore(join(folder, 'bare.db'));
    this.filling = new Filling(this.store, (entries) => this.bare.write(entries));
  }

  /** One at a time, each durable before the next; µs. In turn with the limit. */
  async posts(): Promise<Times> {
    const times: Times = { ours: [], bare: [] };
    const storage = logStorage(this.store, Date.now);
    for (let i = 0; i < POSTS; i++) {
      const entry = this.filling.post();
      const from = performance.now();
      storage.write([entry], new Map([[`post ${entry.id}`, entry.id]]));
      await new Promise<void>((done, failed) => {
        storage.sync((error) => (error ? failed(error) : done()), true);
      });
      const between = performance.now();
      this.bare.write([entry]);
      this.bare.sync();
      times.ours.push((between - from) * 1000);
      times.bare.push((performance.now() - between) * 1000);
      await new Promise(setImmediate);
    }
    return times;
  }

  /** A conversation in which nobody else writes. */
  writeOwn(count: number): void {
    for (let n = 0; n < count;) {
      const entries: Entry[] = [];
      for (; entries.length < 1_000 && n < count; n++) entries.push(this.filling.post(OWN));
      this.store.entries.transaction(() => this.store.entries.insert(...entries));
      this.bare.write(entries);
      while (this.store.indexSlice());
    }
  }

  /** Ms until both are open, and the ends of all logs are known. */
  reopen(): { ours: number; bare: number; logs: number } {
    this.store.close();
    const from = performance.now();
    this.store = this.open();
    const logs = this.store.entries.ends().length;
    const between = performance.now();
    this.bare = this.bare.again();
    return { ours: between - from, bare: performance.now() - between, logs };
  }

  close(): void {
    this.store.close();
    this.bare.close();
  }

  private open(): Store {
    return new Store({
      directory: this.directory,
      now: Date.now(),
      timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
      failed: (error) => {
        throw error;
      },
    });
  }
}

function measured({ rounds, progress }: Settings, subject: Subject): Row[] {
  const opened: Times = { ours: [], bare: [] };
  const pages: Times = { ours: [], bare: [] };
  const counts: Times = { ours: [], bare: [] };
  const own: number[] = [];
  const held: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { ours, bare, logs } = subject.reopen();
    opened.ours.push(ours);
    opened.bare.push(bare);
    own.push(timed(() => counted(subject.store, OWN, held)));
    const all = conversations
      .slice(0, 20)
      .map((id) => [timed(() => counted(subject.store, id, held)), timed(() => subject.bare.count(id, SELF, COUNTED))]);
    counts.ours.push(
      quantile(
        all.map(([time]) => time ?? NaN),
        0.95,
      ),
    );
    counts.bare.push(
      quantile(
        all.map(([, time]) => time ?? NaN),
        0.95,
      ),
    );
    const read = paged(subject);
    pages.ours.push(quantile(read.ours, 0.95));
    pages.bare.push(quantile(read.bare, 0.95));
    progress(
      `round ${round + 1}: opened with ${logs} logs in ${ours.toFixed(1)} ms, bare ${bare.toFixed(1)}; page ${told(read)}; ` +
        `own posts counted in ${own.at(-1)?.toFixed(1)} ms`,
    );
  }
  const limits = (ms: number): number[] => own.map(() => ms);
  return [
    toRow(atMost('opened, with the ends of all logs', 'ms', 1), opened.ours, limits(OPEN_MS)),
    toRow(atMost('page of 50, p95', 'ms', 1), pages.ours, limits(PAGE_MS)),
    toRow(atMost('page of 50, p95, against bare rows', 'ms', 8), pages.ours, pages.bare),
    toRow(atMost('unread of a channel, p95', 'ms', 1), counts.ours, limits(COUNT_MS)),
    toRow(atMost('unread of a channel, p95, against bare rows', 'ms', 2), counts.ours, counts.bare),
    toRow(atMost('unread among own posts alone', 'ms', 1), own, limits(COUNT_MS)),
    toRow(atMost('event loop held by counting, p95', 'ms', 1), [quantile(held, 0.95)], [HELD_MS]),
  ];
}

/** In steps, as the daemon does it between other work. @param held how long each step took, ms, is added */
function counted(store: Store, id: ConversationId, held: number[]): void {
  const counting = store.unread.counting(id, userKey(SELF), []);
  for (let more = counting !== undefined; more;)
    held.push(timed(() => (more = counting?.step(ROWS_A_TURN).isMore ?? false)));
}

/** As the command does it, with how each of them looks: from one page to the next older one, in the busiest channel. */
function paged({ store, bare }: Subject): Times {
  const times: Times = { ours: [], bare: [] };
  let before: { id: EntryId; time: number } | undefined;
  for (let i = 0; i < PAGES; i++) {
    const page: Entry[] = [];
    times.ours.push(
      timed(() => {
        page.push(...store.page(BUSIEST, { before: before?.id }, PAGE).entries);
        for (const entry of page) store.related(entry);
      }),
    );
    times.bare.push(timed(() => bare.page(BUSIEST, before?.time ?? Number.MAX_SAFE_INTEGER, PAGE)));
    const [first] = page;
    before = first && { id: first.id, time: Date.parse(first.time) };
  }
  return times;
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

function told({ ours, bare }: Times): string {
  return `${median(ours).toFixed(1)} (p95 ${quantile(ours, 0.95).toFixed(1)}), bare ${median(bare).toFixed(1)} (p95 ${quantile(bare, 0.95).toFixed(1)})`;
}
