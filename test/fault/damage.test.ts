/** A history whose bytes were spoilt on the disk: said clearly, mended, fetched back, and never a reason for a fork. */
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { settled } from '../../scripts/fault/judge.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/damage');
const GOOD = { lost: [], doubled: [], differing: [] };
const NAMES = ['alice', 'bob', 'carol'];
const PAGE = 4096;

let folder: TempDir;
let fleet: Fleet;
let windows: Map<string, Window>;
let acknowledged: Map<string, { conversation: string; id: string }>;
let run = 0;
/** Of what is written for the test that runs: `bob 3.15`, his fifteenth for the third. */
const label = (name: string, i: number): string => `${name} ${run}.${i} `;
const at = (name: string): Window => windowOf(windows, name);

// One after the other happens to the same people: most of what this costs is starting them.
beforeAll(async () => {
  folder = new TempDir();
  fleet = new Fleet(folder.path, PROGRAM);
  acknowledged = new Map();
  windows = new Map();
  await fleet.tracker.start();
  for (const name of NAMES) windows.set(name, await Window.open((await fleet.addPeer(name)).ready));
}, 120_000);
afterAll(async () => {
  for (const window of windows.values()) window.close();
  await fleet.close(LOGS);
  await folder.remove();
}, 60_000);

beforeEach(async () => {
  run++;
  for (let i = 1; i <= 30; i++) for (const name of NAMES) await post(name, label(name, i) + '.'.repeat(200));
  expect(await agree()).toMatchObject(GOOD);
}, 120_000);
afterEach(async () => {
  // What is told of this damage stands until somebody has read it.
  const id = at('bob').noticeId('storage_damaged');
  if (id !== undefined) expect(await at('bob').command('notice.dismiss', { notice: id })).toMatchObject({ ok: true });
  for (const { log } of fleet.peers.values()) {
    // Whatever happened: nobody contradicted themselves, and nobody fell over. What is awaited in the next test is said anew.
    const said = log.splice(0);
    expect(said.filter((line) => /two different entries|Node\.js v\d|bug:/.test(line))).toEqual([]);
  }
}, 60_000);

async function post(name: string, text: string, conversation = '#general'): Promise<void> {
  for (;;) {
    const result = await at(name).post(conversation, text, text.slice(0, 60));
    if (result?.ok === true) {
      acknowledged.set(text, { conversation, id: (result['entry'] as { id: string }).id });
      return;
    }
    // Its last messages are on their way back: the next frame says more.
    if (result?.code !== 'recovering') throw new Error(`${name} could not post: ${JSON.stringify(result)}`);
    await new Promise<void>((resolve) => at(name).onFrame(() => resolve()));
  }
}

const agree = (): ReturnType<typeof settled> =>
  settled({ conversations: new Map([['#general', NAMES.map(at)]]), acknowledged }, 60_000);

const history = (name: string): string => join(fleet.dataDir(name), 'history.db');
const device = (name: string): string => at(name).snapshot.me.device;

/** Overwrites the pages of the file, in the middle of it, that hold this text. */
async function spoilPagesWith(name: string, text: string): Promise<void> {
  const bytes = await readFile(history(name));
  let spoilt = 0;
  for (let from = 0; from < bytes.length; from += PAGE) {
    if (!bytes.subarray(from, from + PAGE).includes(text)) continue;
    bytes.fill(0xa5, from + 100, from + PAGE);
    bytes.fill(0, from, from + 100);
    spoilt++;
  }
  expect(spoilt).toBeGreaterThan(0);
  await writeFile(history(name), bytes);
}

async function stop(name: string): Promise<void> {
  at(name).close();
  await fleet.peer(name).stop();
}

async function start(name: string): Promise<void> {
  await fleet.peer(name).start();
  windows.set(name, await Window.open(fleet.peer(name).ready));
}

/** Reads until the damage is met, and comes back once the peer has started anew by itself. */
async function meetDamage(name: string): Promise<void> {
  await at(name)
    .history('#general')
    .catch(() => undefined);
  await fleet.peer(name).says('the history on this disk is damaged', 30_000);
  await fleet.peer(name).says('starts anew', 30_000);
  at(name).close();
  windows.set(name, await Window.again(at(name), 30_000));
}

const asides = async (name: string): Promise<string[]> =>
  (await readdir(fleet.dataDir(name))).filter((file) => /^history\.db\.damaged-.*Z$/.test(file));

describe('pages that were overwritten while bob was away', () => {
  test('with words of others: mended by itself, the rest comes back, and bob keeps his key', async () => {
    const before = device('bob');
    // So many that whole pages are hers.
    for (let i = 31; i <= 50; i++) await post('carol', label('carol', i) + '.'.repeat(900));
    expect(await agree()).toMatchObject(GOOD);
    await stop('bob');
    await spoilPagesWith('bob', label('carol', 40));
    await start('bob');
    await meetDamage('bob');
    expect(at('bob').notices).toContain('storage_damaged');
    expect(at('bob').noticeText('storage_damaged')).toMatch(/damaged.*sound.*history\.db\.damaged-.*come.? back/s);
    expect(await asides('bob')).toHaveLength(1);
    expect(await agree()).toMatchObject(GOOD);
    expect(at('bob').noticeText('storage_damaged')).toMatch(/All that this device wrote is there/);
    expect(device('bob')).toBe(before);
    await post('bob', 'bob goes on');
    await post('alice', 'alice goes on');
    expect(await agree()).toMatchObject(GOOD);
  }, 180_000);

  test('with his own: he goes on under a new key, and his messages come back from the others', async () => {
    const before = device('bob');
    await stop('bob');
    await spoilPagesWith('bob', label('bob', 15));
    await start('bob');
    await meetDamage('bob');
    expect(at('bob').noticeText('storage_damaged')).toMatch(/goes on as a new device/);
    expect(device('bob')).not.toBe(before);
    await post('bob', 'bob, on a new device');
    expect(await agree()).toMatchObject(GOOD);
  }, 180_000);

  test('in the first page: nothing can be read, and all comes back', async () => {
    await stop('bob');
    const bytes = await readFile(history('bob'));
    bytes.fill(0xa5, 0, PAGE);
    await writeFile(history('bob'), bytes);
    // Met at the start: no reading is needed.
    await start('bob');
    expect(at('bob').noticeText('storage_damaged')).toMatch(/goes on as a new device/);
    expect(await agree()).toMatchObject(GOOD);
    await post('bob', 'bob has forgotten nothing');
    expect(await agree()).toMatchObject(GOOD);
  }, 180_000);
});

test('a history that was deleted, but not its key: a new key, and all comes back', async () => {
  const before = device('bob');
  await stop('bob');
  for (const part of ['', '-wal', '-shm']) await rm(`${history('bob')}${part}`, { force: true });
  await start('bob');
  expect(at('bob').noticeText('storage_damaged')).toMatch(/was gone.*new device/s);
  expect(device('bob')).not.toBe(before);
  expect(await agree()).toMatchObject(GOOD);
  await post('bob', 'bob starts over');
  expect(await agree()).toMatchObject(GOOD);
}, 180_000);

describe('a changed byte, which SQLite does not notice,', () => {
  beforeEach(async () => {
    await stop('bob');
    const bytes = await readFile(history('bob'));
    const text = label('carol', 15);
    expect(bytes.includes(text)).toBe(true);
    bytes.write('CAROL', bytes.indexOf(text));
    await writeFile(history('bob'), bytes);
  }, 60_000);

  test('is shown to nobody, and mended', async () => {
    await start('bob');
    await meetDamage('bob');
    expect(await agree()).toMatchObject(GOOD);
  }, 180_000);

  test('is noticed here when another peer refuses it', async () => {
    await stop('alice');
    await stop('carol');
    await start('bob');
    // A newcomer can have what carol wrote from bob alone.
    const dave = await Window.open((await fleet.addPeer('dave')).ready);
    try {
      await fleet.peer('bob').says('the history on this disk is damaged', 60_000);
      await fleet.peer('bob').says('starts anew', 30_000);
      at('bob').close();
      windows.set('bob', await Window.again(at('bob'), 30_000));
      await start('alice');
      await start('carol');
      expect(await agree()).toMatchObject(GOOD);
      const all = [...NAMES.map(at), dave];
      expect(await settled({ conversations: new Map([['#general', all]]), acknowledged }, 60_000)).toMatchObject(GOOD);
    } finally {
      dave.close();
      await fleet.peer('dave').stop();
    }
  }, 240_000);
});

test('a log that lost its end in a power cut: fetched back from the others before a word is written', async () => {
  await at('bob').until(() => at('bob').linkedTo('alice') && at('bob').linkedTo('carol'), 'the links');
  const before = device('bob');
  await fleet.peer('bob').kill9();
  at('bob').close();
  // The last third of what was written never reached the disk, whatever it had promised.
  const wal = `${history('bob')}-wal`;
  const { length } = await readFile(wal);
  expect(length).toBeGreaterThan(PAGE * 10);
  await truncate(wal, Math.floor((length * 2) / 3));
  await start('bob');
  await at('bob').until(() => at('bob').linkedTo('alice') && at('bob').linkedTo('carol'), 'the links again');
  await post('bob', 'bob, after the power cut');
  expect(await agree()).toMatchObject(GOOD);
  expect(device('bob')).toBe(before);
}, 180_000);
