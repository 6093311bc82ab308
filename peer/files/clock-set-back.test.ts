/** The clock of the machine is set back by a day while a file is asked for: what waits for a time to pass does not wait for a day. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { PeerEmitter } from '../services.js';
import { FileService } from './files.js';
import type { Coming, FileMoverEvents } from './ports.js';
import { content, factsOf, quiet } from './test-blobs.js';
import { TestMover, TestService } from './test-service.js';

const DAY_MS = 24 * 3600_000;
const bytes = content(2 * FILE_CHUNK);
const { sha256, chunks } = factsOf(bytes);

let parts: TestService;
let files: FileService;
let mover: TestMover;
let tell: FileMoverEvents;
let now = 0;
const timers = new Set<{ run: () => void; at: number }>();
const told: number[] = [];

function pass(ms: number): void {
  now += ms;
  for (const timer of [...timers]) {
    timer.at -= ms;
    if (timer.at <= 0 && timers.delete(timer)) timer.run();
  }
}

beforeEach(async () => {
  parts = await TestService.open();
  now = 10 * DAY_MS;
  timers.clear();
  told.length = 0;
  mover = new TestMover();
  const events = new EventEmitter() as PeerEmitter;
  events.on('file', ({ done }) => void told.push(done));
  files = new FileService({
    ...{ self: { username: 'ann' as never }, blobs: parts.blobs.store, store: parts.history.store.files, events },
    personal: {
      preferences: {
        view: () => ({ files: { auto: 'none', autoKinds: 'all', autoMax: 0, quota: 1e9, down: 0, up: 0, atOnce: 4 } }),
      },
      people: { of: () => ({}) },
      autoFetch: () => undefined,
    },
    filter: { hides: () => false, hidden: () => [] },
    channels: { has: () => true },
    conversations: () => parts.history.store.conversations.all(),
    space: { isLow: () => false, look: () => Promise.resolve({ free: 1e12 }) },
    clock: { now: () => now },
    log: quiet,
    timers: {
      setTimeout: (run, ms) => {
        const timer = { run, at: ms };
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => void timers.delete(timer as never),
    },
    mover: (heard) => {
      tell = heard;
      return mover;
    },
  });
});
afterEach(async () => {
  await files.close();
  await parts.close();
});

const coming = (state: Coming['state'], done = 0): Coming => ({
  ...{ sha256, state, done, speed: 0, sources: [], liars: [] },
});

test('what nobody has as one entry says is looked for as another one says, half a minute later', async () => {
  parts.file('bob', bytes);
  const lie = parts.file('mal', bytes, {
    data: { name: 'a.bin', mime: 'text/plain', ...factsOf(bytes), chunks: 'f'.repeat(64) },
  });
  await files.fetch(sha256);
  await parts.settled();
  expect(mover.fetching.get(sha256)?.entry).toBe(lie.id);
  now -= DAY_MS;
  for (let seconds = 0; seconds < 31; seconds++) {
    tell.coming(coming('asking'));
    pass(1_000);
  }
  tell.coming(coming('asking'));
  await parts.settled();
  expect(mover.fetching.get(sha256)?.facts.chunks).toBe(chunks);
});

test('how much of it is here is told all the same', async () => {
  parts.file('bob', bytes);
  await files.fetch(sha256);
  await parts.settled();
  tell.coming(coming('running', 1));
  pass(1_000);
  now -= DAY_MS;
  for (const done of [2, 3]) {
    tell.coming(coming('running', done));
    pass(300);
  }
  expect(told).toContain(2);
  expect(told.at(-1)).toBe(3);
});
