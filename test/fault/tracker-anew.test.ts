/** A tracker whose data is gone, on the same address: its members say that it is theirs, and everybody hears everybody. */
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Fleet, PASSWORD } from '../../scripts/fault/fleet.js';
import { settled } from '../../scripts/fault/judge.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/tracker-anew');
const GOOD = { lost: [], doubled: [], differing: [] };
const GENERAL = '#general';
const DIRECT = '@alice+bob';

let folder: TempDir;
let fleet: Fleet;
let windows: Map<string, Window>;
let acknowledged: Map<string, { conversation: string; id: string }>;
let run = 0;
const at = (name: string): Window => windowOf(windows, name);

beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

beforeEach(async () => {
  fleet = new Fleet(join(folder.path, String(++run)), PROGRAM);
  acknowledged = new Map();
  windows = new Map();
  await fleet.tracker.start();
  for (const name of ['alice', 'bob']) await join_(name);
  await linked('alice', 'bob');
  await at('alice').command('channel.join', { channel: 'plans' });
  await at('bob').command('channel.join', { channel: 'plans' });
  for (const name of ['alice', 'bob']) {
    for (const conversation of [GENERAL, '#plans', DIRECT]) await post(name, 'before', conversation);
  }
  expect(await agree(['alice', 'bob'])).toMatchObject(GOOD);
}, 120_000);
afterEach(async () => {
  for (const window of windows.values()) window.close();
  await fleet.close(LOGS);
  for (const { log } of fleet.peers.values()) {
    expect(log.filter((line) => /two different entries|Node\.js v\d|bug:/.test(line))).toEqual([]);
  }
}, 60_000);

async function join_(name: string): Promise<void> {
  windows.set(name, await Window.open((await fleet.addPeer(name)).ready));
}

const said = (name: string, word: string, conversation = GENERAL): string => `${name} in ${conversation}: ${word}`;

async function post(name: string, word: string, conversation = GENERAL): Promise<void> {
  const text = said(name, word, conversation);
  const result = await at(name).post(conversation, text);
  if (result?.ok !== true) throw new Error(`${name} could not post: ${JSON.stringify(result)}`);
  acknowledged.set(text, { conversation, id: (result['entry'] as { id: string }).id });
}

/** Everybody has the same of what they share, and all that was ever acknowledged. */
async function agree(names: readonly string[]): ReturnType<typeof settled> {
  const all = names.map(at);
  const two = ['alice', 'bob'].map(at);
  const conversations = new Map([
    [GENERAL, all],
    ['#plans', two],
    [DIRECT, two],
  ]);
  return settled({ conversations, acknowledged }, 60_000);
}

async function linked(...names: string[]): Promise<void> {
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    await at(name).until(() => others.every((other) => at(name).linkedTo(other)), `the links of ${name}`);
  }
}

async function anew(): Promise<void> {
  await fleet.tracker.kill9();
  await rm(fleet.dataDir('tracker'), { recursive: true });
  await fleet.tracker.start();
}

/** What the tracker shows, once the peer has told of it. */
async function shown(name: string): Promise<string> {
  await at(name).until(() => at(name).noticeId('ca_changed') !== undefined, `the notice of ${name}`);
  return (at(name).noticeId('ca_changed') ?? '').slice('ca_changed:'.length);
}

async function accept(name: string, { register = true } = {}): Promise<void> {
  const ca = await shown(name);
  expect(await at(name).command('tracker.accept', { ca, password: PASSWORD, register })).toMatchObject({ ok: true });
  await at(name).closed;
  windows.set(name, await Window.again(at(name), 30_000));
  await at(name).until(() => at(name).tracker === 'connected', `the tracker of ${name}`);
}

async function restart(name: string): Promise<void> {
  at(name).close();
  await fleet.peer(name).stop();
  await fleet.peer(name).start();
  windows.set(name, await Window.open(fleet.peer(name).ready));
}

async function texts(name: string, conversation: string): Promise<string[]> {
  return (await at(name).history(conversation)).filter(({ kind }) => kind === 'text').map(({ message }) => message);
}

/** Each says something, in all that they share, and all hear it. */
async function allHearAll(names: readonly string[], word: string): Promise<void> {
  await linked(...names);
  for (const name of names) for (const conversation of of(name)) await post(name, word, conversation);
  for (const name of names) await hears(name, names, word);
}

const of = (name: string): string[] => (name === 'carol' ? [GENERAL] : [GENERAL, '#plans', DIRECT]);

async function hears(name: string, names: readonly string[], word: string): Promise<void> {
  for (const other of names) {
    const shared = of(name).filter((conversation) => of(other).includes(conversation));
    for (const conversation of shared) await heard(name, conversation, said(other, word, conversation));
  }
}

async function heard(name: string, conversation: string, text: string): Promise<void> {
  const over = pause(60_000, 'over' as const, { ref: false });
  for (;;) {
    if (!at(name).open) windows.set(name, await Window.again(at(name), 60_000));
    const more = at(name).next();
    if ((await texts(name, conversation)).includes(text)) return;
    if ((await Promise.race([more, over])) === 'over') throw new Error(`${name} did not hear "${text}"`);
  }
}

describe('a tracker that was set up anew', () => {
  test('is not believed before a person says so', async () => {
    const before = at('alice').snapshot.me.device;
    await anew();
    await shown('alice');
    expect(at('alice').noticeText('ca_changed')).toMatch(/set it up anew.*This is my tracker/s);
    const ca = await shown('bob');
    const wrong = { ca: 'A'.repeat(43), password: PASSWORD, register: true };
    expect(await at('alice').command('tracker.accept', wrong)).toMatchObject({
      ok: false,
      code: 'certificate_unknown',
    });
    // No account there yet, and no word of it.
    const signIn = { ca, password: PASSWORD };
    expect(await at('alice').command('tracker.accept', signIn)).toMatchObject({
      ok: false,
      code: 'invalid_credentials',
    });
    await post('alice', 'while nobody vouches');
    await heard('bob', GENERAL, said('alice', 'while nobody vouches'));
    expect(at('alice').snapshot.me.device).toBe(before);
  }, 120_000);

  test('goes on: with a newcomer, after restarts, and once more anew', async () => {
    await anew();
    await accept('alice');
    await accept('bob');
    await allHearAll(['alice', 'bob'], 'after');
    expect(at('alice').notices).toContain('tracker_anew');
    expect(at('alice').notices).not.toContain('ca_changed');
    // What was before stays, for both.
    for (const name of ['alice', 'bob']) await hears(name, ['alice', 'bob'], 'before');
    await join_('carol');
    await allHearAll(['alice', 'bob', 'carol'], 'with carol');
    // She can prove nothing of before, and blames nobody for it.
    expect(await texts('carol', GENERAL)).not.toContain(said('alice', 'before'));
    for (const name of ['alice', 'bob', 'carol']) await restart(name);
    await fleet.tracker.stop();
    await fleet.tracker.start();
    await allHearAll(['alice', 'bob', 'carol'], 'after restarts');
    await anew();
    for (const name of ['carol', 'bob', 'alice']) await accept(name);
    await allHearAll(['alice', 'bob', 'carol'], 'after the second time');
    for (const name of ['alice', 'bob'])
      for (const word of ['before', 'after', 'with carol', 'after restarts']) await hears(name, ['alice', 'bob'], word);
    expect(await agree(['alice', 'bob'])).toMatchObject(GOOD);
  }, 300_000);
});

describe('members who follow later', () => {
  test('hear all from then on: one who stayed, one who was away, and a second device', async () => {
    await join_('carol');
    await linked('alice', 'bob', 'carol');
    await fleet.peer('bob').stop();
    at('bob').close();
    await anew();
    await accept('alice');
    // Carol still believes the old one: there is no link, and nothing is lost of what she writes meanwhile.
    await shown('carol');
    await at('carol').until(() => !at('carol').linkedTo('alice'), 'the end of the link');
    await post('alice', 'while alone');
    await fleet.peer('bob').start();
    windows.set('bob', await Window.open(fleet.peer('bob').ready));
    await accept('bob');
    await linked('alice', 'bob');
    await heard('bob', GENERAL, said('alice', 'while alone'));
    await at('carol').until(() => !at('carol').linkedTo('bob'), 'the end of the link');
    expect(await at('carol').post(GENERAL, 'carol, to nobody')).toMatchObject({ ok: true });
    await accept('carol');
    expect(at('carol').noticeText('tracker_anew_unheard')).toMatch(/^One message that you wrote had reached nobody/);
    expect(at('alice').notices).not.toContain('tracker_anew_unheard');
    await allHearAll(['alice', 'bob', 'carol'], 'all again');
    await heard('carol', GENERAL, said('alice', 'while alone'));
    // The account is there by now: a second device of hers signs in, and is given what was written to her.
    const second = await fleet.addPeer('alice-2', { username: 'alice' });
    windows.set('alice-2', await Window.open(second.ready));
    await heard('alice-2', GENERAL, said('carol', 'all again'));
    await heard('alice-2', DIRECT, said('bob', 'all again', DIRECT));
  }, 300_000);
});

describe('a tracker that lost its accounts, but not its authority,', () => {
  const database = async (): Promise<string[]> =>
    (await readdir(fleet.dataDir('tracker'))).filter((file) => file.startsWith('tracker.db'));

  async function again(name: string, { register = true } = {}): Promise<void> {
    await at(name).until(() => at(name).tracker === 'signed_out', `the end of the session of ${name}`);
    const wanted = { password: PASSWORD };
    if (register) {
      expect(await at(name).command('tracker.login', wanted)).toMatchObject({ ok: false, code: 'account_unknown' });
      expect(await at(name).command('tracker.login', { ...wanted, register })).toMatchObject({ ok: true });
    } else expect(await at(name).command('tracker.login', wanted)).toMatchObject({ ok: true });
    await at(name).until(() => at(name).tracker === 'connected', `the tracker of ${name}`);
  }

  test('is told of them again, and everything is as it was', async () => {
    const before = at('alice').snapshot.me.device;
    await fleet.tracker.kill9();
    for (const file of await database()) await rm(join(fleet.dataDir('tracker'), file));
    await fleet.tracker.start();
    for (const name of ['alice', 'bob']) await again(name);
    for (const name of ['alice', 'bob']) await restart(name);
    await allHearAll(['alice', 'bob'], 'after');
    expect(at('alice').snapshot.me.device).toBe(before);
    expect(at('alice').notices).toEqual([]);
    // The certificates are good, so a newcomer can check all that was ever written.
    await join_('carol');
    await heard('carol', GENERAL, said('alice', 'before'));
    await allHearAll(['alice', 'bob', 'carol'], 'with carol');
    expect(await agree(['alice', 'bob'])).toMatchObject(GOOD);
  }, 300_000);

  test('by an old backup: who came after it comes again', async () => {
    const backup = join(fleet.dataDir('tracker'), '..', 'backup');
    await fleet.tracker.stop();
    await cp(fleet.dataDir('tracker'), backup, { recursive: true });
    await fleet.tracker.start();
    await join_('carol');
    await allHearAll(['alice', 'bob', 'carol'], 'with carol');
    await fleet.tracker.kill9();
    await rm(fleet.dataDir('tracker'), { recursive: true });
    await cp(backup, fleet.dataDir('tracker'), { recursive: true });
    await fleet.tracker.start();
    await again('carol');
    for (const name of ['alice', 'bob']) await at(name).until(() => at(name).tracker === 'connected', 'the tracker');
    await allHearAll(['alice', 'bob', 'carol'], 'after');
    for (const name of ['alice', 'bob', 'carol']) await restart(name);
    await allHearAll(['alice', 'bob', 'carol'], 'after restarts');
    expect(await agree(['alice', 'bob'])).toMatchObject(GOOD);
  }, 300_000);
});
