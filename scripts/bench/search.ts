/** Search in a store of a million messages: how long a person waits, and how long nothing else has its turn. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { userKey, type ConversationId, type Username } from '../../protocol/ids.js';
import { dayStartUtc, parseSearch } from '../../protocol/search-query.js';
import { Store } from '../../peer/store/store.js';
import { quantile, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { conversations, Filling } from './search-fill.js';
import type { Vocabulary } from './search-words.js';

/** What a person takes for "at once", and a frame of 60 a second. */
const AT_ONCE_MS = 100;
const FRAME_MS = 1000 / 60;
const RESULTS = 50;

const p95: Target = { name: 'search p95', unit: 'ms', bound: 'at most', ratio: 1 };
const slowest: Target = { name: 'search slowest', unit: 'ms', bound: 'at most', ratio: 1 };
const held: Target = { name: 'event loop held by search', unit: 'ms', bound: 'at most', ratio: 1 };

interface Kind {
  readonly name: string;
  readonly query: (words: Vocabulary, i: number) => string;
}

/** `i` counts the queries of a kind, so that each is another one. */
const kinds: readonly Kind[] = [
  { name: 'a common word', query: (words, i) => `${words.word(i % 20)} ` },
  { name: 'a middling word', query: (words, i) => `${words.word(300 + 7 * i)} ` },
  { name: 'a rare word', query: (words, i) => `${words.word(20_000 + 101 * i)} ` },
  { name: 'as one types', query: (words, i) => words.word(40 + 3 * i).slice(0, 2 + (i % 4)) },
  { name: 'three words', query: (words, i) => `${words.word(i)} ${words.word(30 + i)} ${words.word(90 + i)} ` },
  { name: 'a phrase', query: (words, i) => `"${words.word(i % 10)} ${words.word(10 + i)}"` },
  { name: 'common, from: somebody quiet', query: (words, i) => `${words.word(i % 20)} from:person-${200 + (i % 100)}` },
  { name: 'common, in: a quiet channel', query: (words, i) => `${words.word(i % 20)} in:#channel-${40 + (i % 20)}` },
  { name: 'middling, has:link', query: (words, i) => `${words.word(100 + i)} has:link` },
  {
    name: 'common, on: a day long ago',
    query: (words, i) => `${words.word(i % 20)} on:2025-12-${String(1 + (i % 28)).padStart(2, '0')}`,
  },
  { name: 'from: alone', query: (_, i) => `from:person-${i % 300}` },
  {
    name: 'nothing to be found',
    query: (words, i) => `${words.word(i % 5)} ${words.word(5 + (i % 5))} from:person-299 in:#channel-59`,
  },
];

export const search: Benchmark = {
  name: 'search',
  about:
    'full-text search over 1,000,000 messages, newest 50 of what is found; limits are what a person notices, not measured',
  run: async (settings) => {
    const messages = settings.quick ? 20_000 : 1_000_000;
    const store = openStore(settings);
    try {
      const filling = new Filling(store);
      const started = performance.now();
      await filling.fill(messages, (count) => settings.progress(`${count} messages are written and indexed`));
      const size = statSync(join(settings.folder, 'history.db')).size / 2 ** 20;
      settings.progress(`filled in ${((performance.now() - started) / 1000).toFixed(0)} s, ${size.toFixed(0)} MiB`);
      return await measure(settings, store, filling.vocabulary);
    } finally {
      store.close();
    }
  },
};

function openStore({ folder }: Settings): Store {
  return new Store({
    directory: folder,
    now: Date.now(),
    timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    failed: (error) => {
      throw error;
    },
  });
}

async function measure({ rounds, progress }: Settings, store: Store, words: Vocabulary): Promise<Row[]> {
  const each: number[][] = [];
  const processor: number[] = [];
  const stalls: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const all: number[] = [];
    for (const { name, query } of kinds) {
      const times: number[] = [];
      for (let i = 0; i < 40; i++)
        times.push(await timed({ stalls, processor }, () => find(store, query(words, round * 40 + i))));
      if (round === rounds - 1) progress(`${name.padEnd(30)} ${figures(times)}`);
      all.push(...times);
    }
    each.push(all);
  }
  progress(
    `${'all'.padEnd(30)} ${figures(each.flat())}; longest hold of the event loop ${Math.max(...stalls).toFixed(1)} ms`,
  );
  progress(`${'of the processor alone'.padEnd(30)} ${figures(processor)}`);
  return [
    toRow(
      p95,
      each.map((times) => quantile(times, 0.95)),
      each.map(() => AT_ONCE_MS),
    ),
    toRow(
      slowest,
      each.map((times) => Math.max(...times)),
      each.map(() => AT_ONCE_MS),
    ),
    toRow(held, [Math.max(...stalls)], [FRAME_MS]),
  ];
}

function figures(times: readonly number[]): string {
  const at = (q: number): string => quantile(times, q).toFixed(1).padStart(6);
  return `p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`;
}

/** As the command does it, with how each of what is found looks. */
async function find(store: Store, query: string): Promise<number> {
  const { words, file, link, since, until, from, in: places } = parseSearch(query, dayStartUtc);
  const { entries } = await store.search({
    ...{ words, file, link, from: since, to: until, after: undefined, limit: RESULTS },
    users: from.length > 0 ? from.map((name) => userKey(name as Username)) : undefined,
    conversations: places.length > 0 ? (places as ConversationId[]) : conversations,
  });
  for (const entry of entries) store.related(entry);
  return entries.length;
}

/** Milliseconds until it is done; the longest time in between in which no other work had its turn goes to `stalls`. `processor`: what it used of it. */
async function timed(to: { stalls: number[]; processor: number[] }, work: () => Promise<unknown>): Promise<number> {
  const [started, used] = [performance.now(), process.cpuUsage()];
  let [last, longest, over] = [started, 0, false];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  await work();
  const took = performance.now() - started;
  over = true;
  look();
  const { user, system } = process.cpuUsage(used);
  to.stalls.push(longest);
  to.processor.push((user + system) / 1000);
  return took;
}
