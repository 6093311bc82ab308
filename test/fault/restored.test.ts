/** A data directory that was put back to a copy, or that runs twice: recognised, told, and nothing that was written is lost. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { tempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/restored');
const GENERAL = '#general';

let folder: Awaited<ReturnType<typeof tempDir>>;
let fleet: Fleet;
let windows: Map<string, Window>;
let written: Map<string, string>;
let run = 0;
const at = (name: string): Window => windowOf(windows, name);
const device = (name: string): string => at(name).snapshot.me.device;
const copyOf = (name: string): string => `${fleet.dataDir(name)}.copy`;

beforeAll(async () => {
  folder = await tempDir();
});
afterAll(() => folder.remove());

beforeEach(async () => {
  fleet = new Fleet(join(folder.path, String(++run)), PROGRAM);
  written = new Map();
  windows = new Map();
  await fleet.tracker.start();
  for (const name of ['alice', 'bob']) windows.set(name, await Window.open((await fleet.addPeer(name)).ready));
  for (let i = 1; i <= 3; i++) for (const name of ['alice', 'bob']) await post(name, `${name} ${i}`);
  await agree();
}, 120_000);
afterEach(async () => {
  for (const window of windows.values()) window.close();
  await fleet.close(LOGS);
  for (const { log } of fleet.peers.values()) {
    expect(log.filter((line) => /Node\.js v\d|bug:/.test(line))).toEqual([]);
  }
}, 60_000);

/** As the composer does: with a mark, again after a cut. */
async function post(name: string, text: string, extra: object = {}): Promise<string> {
  for (;;) {
    const result = await at(name).command('message.post', {
      conversation: GENERAL,
      message: text,
      client: `${name} ${text}`,
      ...extra,
    });
    if (result?.ok === true) {
      const { id } = result['entry'] as { id: string };
      written.set(text, GENERAL);
      return id;
    }
    // Cut while it starts anew, or its last messages are on their way back.
    if (result === undefined) windows.set(name, await Window.again(at(name), 60_000));
    else if (result.code === 'recovering') await new Promise<void>((next) => at(name).onFrame(() => next()));
    else throw new Error(`${name} could not post: ${JSON.stringify(result)}`);
  }
}

/** Looks until all of them show the same, and every text once. */
async function agree(): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const shown = await Promise.all([...windows.keys()].map(textsAt));
    const [first = []] = shown;
    const same = shown.every((texts) => texts.join('\n') === first.join('\n'));
    if (same && [...first].sort().join('\n') === [...written.keys()].sort().join('\n')) return;
    if (Date.now() > deadline) {
      expect({ first: [...first].sort(), same, shown }).toEqual({
        first: [...written.keys()].sort(),
        same: true,
        shown,
      });
      return;
    }
    await pause(300);
  }
}

async function textsAt(name: string): Promise<string[]> {
  if (!at(name).open) windows.set(name, await Window.again(at(name), 60_000));
  const entries = await at(name).history(GENERAL);
  return entries.filter(({ kind, deleted }) => kind === 'text' && !deleted).map(({ message }) => message);
}

async function start(name: string): Promise<void> {
  await fleet.peer(name).start();
  windows.set(name, await Window.open(fleet.peer(name).ready));
}

async function stop(name: string): Promise<void> {
  at(name).close();
  await fleet.peer(name).stop();
}

/** Two messages that a copy of bob's directory, made before them, does not hold. */
async function writeBehindTheCopy(how: 'stopped' | 'running'): Promise<void> {
  if (how === 'stopped') await stop('bob');
  await cp(fleet.dataDir('bob'), copyOf('bob'), { recursive: true });
  if (how === 'stopped') await start('bob');
  for (const text of ['lost one', 'lost two']) await post('bob', text);
  await agree();
  await stop('bob');
}

async function restore(): Promise<void> {
  await rm(fleet.dataDir('bob'), { recursive: true });
  await cp(copyOf('bob'), fleet.dataDir('bob'), { recursive: true });
}

describe('put back to a copy that was made while it', () => {
  test.each(['stopped', 'running'] as const)(
    'was %s: it goes on under a new key before it writes',
    async (how) => {
      await writeBehindTheCopy(how);
      const before = device('bob');
      await restore();
      await start('bob');
      await post('bob', 'written at once');
      await post('alice', 'and answered');
      await agree();
      expect(device('bob')).not.toBe(before);
      expect(at('bob').noticeText('restored')).toMatch(/backup.*new device/);
      expect(at('alice').notices).not.toContain('forked');
    },
    180_000,
  );
});

test('put back while the other is away: nothing is lost when they come', async () => {
  await writeBehindTheCopy('stopped');
  await stop('alice');
  await restore();
  await start('bob');
  await post('bob', 'written to nobody');
  expect(at('bob').notices).toContain('restored');
  await start('alice');
  await agree();
  expect(at('alice').notices).not.toContain('forked');
}, 180_000);

test('only the history was put back, with nobody to ask: seen from the file beside it', async () => {
  await writeBehindTheCopy('stopped');
  const before = device('bob');
  for (const file of ['history.db', 'history.db-wal', 'history.db-shm'])
    await rm(join(fleet.dataDir('bob'), file), { force: true });
  await cp(join(copyOf('bob'), 'history.db'), join(fleet.dataDir('bob'), 'history.db'));
  await start('bob');
  expect(at('bob').notices).toContain('restored');
  expect(device('bob')).not.toBe(before);
  await post('bob', 'written after that');
  await agree();
}, 180_000);

test('a restart, a kill and a stop without the tracker are no restored backup', async () => {
  const before = device('bob');
  await fleet.tracker.stop();
  for (let i = 0; i < 3; i++) {
    await stop('bob');
    await start('bob');
  }
  await post('bob', 'without the tracker');
  await fleet.peer('bob').kill9();
  at('bob').close();
  await fleet.tracker.start();
  await start('bob');
  await post('bob', 'after the kill');
  await agree();
  expect(device('bob')).toBe(before);
  expect(at('bob').notices).not.toContain('restored');
}, 180_000);

test('two that run on copies of one profile: both are told, and neither loses a word', async () => {
  await stop('bob');
  await cp(fleet.dataDir('bob'), copyOf('bob'), { recursive: true });
  await start('bob');
  const before = device('bob');
  await fleet.addPeer('bob2', { username: 'bob', dataDir: copyOf('bob') });
  windows.set('bob2', await Window.open(fleet.peer('bob2').ready));
  for (let i = 1; i <= 3; i++) for (const name of ['bob', 'bob2', 'alice']) await post(name, `${name}, again ${i}`);
  await agree();
  expect(device('bob')).toBe(before);
  expect(device('bob2')).not.toBe(before);
  expect(at('bob2').noticeText('restored')).toMatch(/new device/);
  await at('bob').until(() => at('bob').notices.includes('copied'), 'the word of the tracker');
  expect(at('bob').noticeText('copied')).toMatch(/goes on there as a device of its own/);
}, 180_000);

describe('put back with nobody to ask, so that it writes under its old key', () => {
  beforeEach(async () => {
    await writeBehindTheCopy('stopped');
    await stop('alice');
    await fleet.tracker.stop();
    await restore();
    await start('bob');
  }, 120_000);

  /** More than what was lost, and less, and with what is said of one's own words. */
  async function writeOn(count: number): Promise<void> {
    const first = await post('bob', 'fork 1');
    await post('bob', 'fork 2', { replyTo: first });
    for (let i = 3; i <= count; i++) await post('bob', `fork ${i}`);
    const reaction = { target: first, emoji: '👍', on: true };
    expect(await at('bob').command('message.react', reaction)).toMatchObject({ ok: true });
  }

  async function expectWhole(): Promise<void> {
    await agree();
    for (const name of ['alice', 'bob']) {
      const entries = await at(name).history(GENERAL);
      const first = entries.find(({ message }) => message === 'fork 1');
      const second = entries.find(({ message }) => message === 'fork 2');
      expect(second?.reply?.id).toBe(first?.id);
      expect(first?.reactions).toEqual([{ emoji: '👍', users: ['bob'] }]);
    }
    await post('bob', 'and on');
    await post('alice', 'and answered');
    await agree();
  }

  test.each([2, 5])(
    '%i messages are written again under a new key, and the lost ones come back',
    async (count) => {
      const before = device('bob');
      await writeOn(count);
      await fleet.tracker.start();
      await start('alice');
      await expectWhole();
      expect(device('bob')).not.toBe(before);
      expect(at('bob').notices).toContain('restored');
    },
    180_000,
  );
});
