/** What an author has forgotten reaches a newcomer from another member who has it: real processes, over real weeks of their clocks. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { Fleet } from '../../scripts/fault/fleet.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { FakeClocks } from '../support/fake-clocks.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/forgotten');
const GENERAL = '#general';
const DAY = 24 * 3600_000;

let folder: TempDir;
let clocks: FakeClocks;
let fleet: Fleet;
let windows: Map<string, Window>;
const at = (name: string): Window => windowOf(windows, name);

beforeAll(async () => {
  folder = new TempDir();
  clocks = await FakeClocks.open(folder.path);
});
afterAll(() => folder.remove());
beforeEach(() => {
  windows = new Map();
  fleet = new Fleet(join(folder.path, 'fleet'), PROGRAM, '127.0.0.1', clocks.under('tracker'));
});
afterEach(async () => {
  for (const window of windows.values()) window.close();
  await fleet.close(LOGS);
});

async function joins(name: string, aheadMs = 0): Promise<void> {
  const peer = await fleet.addPeer(name, { under: clocks.under(name, aheadMs) });
  windows.set(name, await Window.open(peer.ready));
}

async function stops(name: string): Promise<void> {
  at(name).close();
  await fleet.peer(name).stop();
}

async function starts(name: string): Promise<void> {
  await fleet.peer(name).start();
  windows.set(name, await Window.open(fleet.peer(name).ready));
}

const messages = async (name: string): Promise<EntryView[]> =>
  (await at(name).history(GENERAL)).filter(({ kind }) => kind === 'text');

/** Looks after each event of the window. */
async function shows(name: string, ...texts: readonly string[]): Promise<EntryView[]> {
  for (;;) {
    const next = at(name).next();
    const shown = await messages(name);
    if (JSON.stringify(shown.map(({ message }) => message)) === JSON.stringify(texts)) return shown;
    await next;
  }
}

/** Texts that are found there. */
async function found(name: string, query: string): Promise<string[]> {
  const answer = await at(name).command('search', { query });
  if (answer?.ok !== true) throw new Error(`search at ${name}: ${JSON.stringify(answer)}`);
  const { entries } = answer as unknown as { entries: readonly EntryView[] };
  return entries.map(({ message }) => message);
}

test('a newcomer takes rows from their author, and what they say from another member later', async () => {
  await fleet.tracker.start();
  await joins('alice');
  await joins('bob');
  for (const text of ['a first walnut', 'a second walnut'])
    expect(await at('alice').post(GENERAL, text)).toMatchObject({ ok: true });
  const old = ['a first walnut', 'a second walnut'];
  const [, second] = await shows('bob', ...old);
  const edited = ['a first walnut', 'a second hazelnut'];
  const edit = { target: second?.id, message: edited[1] };
  expect(await at('alice').command('message.edit', edit)).toMatchObject({ ok: true });
  await shows('bob', ...edited);
  const forget = (days: number): Promise<unknown> => at('alice').command('preferences.set', { retention: days });
  expect(await forget(7)).toMatchObject({ ok: true });
  // Half a minute later it notes what is here by now, and that will be old in a week.
  await clocksPass(31_000);
  for (const name of ['tracker', 'alice', 'bob']) clocks.set(name, 9 * DAY);
  await at('alice').until(() => at('alice').tracker === 'connected', 'the tracker');
  expect(await at('alice').post(GENERAL, 'a new one')).toMatchObject({ ok: true });
  await shows('bob', ...edited, 'a new one');
  expect(await forget(30)).toMatchObject({ ok: true });
  expect(await forget(7)).toMatchObject({ ok: true });
  await shows('alice', 'a new one');
  expect(await found('alice', 'walnut')).toEqual([]);
  await stops('bob');

  await joins('carol', 9 * DAY);
  await shows('carol', 'a new one');
  await starts('bob');
  const shown = await shows('carol', ...edited, 'a new one');
  expect(shown.map((entry) => entry.edited !== undefined)).toEqual([false, true, false]);
  expect(await found('carol', 'walnut')).toEqual(['a first walnut']);
  expect(await found('carol', 'hazelnut')).toEqual(['a second hazelnut']);
  // It is hers now: from her others get it, and a restart loses nothing.
  await stops('bob');
  await stops('carol');
  await starts('carol');
  await shows('carol', ...edited, 'a new one');
  await joins('dave', 9 * DAY);
  await shows('dave', ...edited, 'a new one');
  // And to Alice it does not come back.
  await shows('alice', 'a new one');
}, 300_000);

/** By the clock of this process: nothing tells of it. */
const clocksPass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
