/** Clocks that are wrong and are set right: everybody hears everybody, nothing is lost, and people are told whose it is. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { FakeClocks } from '../support/fake-clocks.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/clocks');
const GENERAL = '#general';
const HOUR = 3600_000;
const DAY = 24 * HOUR;

let folder: TempDir;
let clocks: FakeClocks;
let fleet: Fleet;
let windows: Map<string, Window>;
let run = 0;
const at = (name: string): Window => windowOf(windows, name);

beforeAll(async () => {
  folder = new TempDir();
  clocks = await FakeClocks.open(folder.path);
});
afterAll(() => folder.remove());

beforeEach(() => {
  windows = new Map();
  fleet = new Fleet(join(folder.path, String(++run)), PROGRAM, '127.0.0.1', clocks.under('tracker'));
});
afterEach(async () => {
  for (const window of windows.values()) window.close();
  await fleet.close(LOGS);
});

/** @param aheadMs how far the clock of the machine is ahead */
async function join_(name: string, aheadMs = 0): Promise<void> {
  const peer = await fleet.addPeer(name, { under: clocks.under(name, aheadMs) });
  windows.set(name, await Window.open(peer.ready));
}

async function linked(...names: string[]): Promise<void> {
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    await at(name).until(() => others.every((other) => at(name).linkedTo(other)), `the links of ${name}`);
  }
}

async function post(name: string, message: string): Promise<void> {
  expect(await at(name).post(GENERAL, message)).toMatchObject({ ok: true });
}

async function texts(name: string): Promise<string[]> {
  return (await at(name).history(GENERAL)).filter(({ kind }) => kind === 'text').map(({ message }) => message);
}

async function hears(name: string, ...messages: string[]): Promise<void> {
  const heard = new Set<string>();
  at(name).onFrame((frame) => {
    if (frame.type === 'entries') for (const { message } of frame.entries) heard.add(message);
  });
  for (const message of await texts(name)) heard.add(message);
  await at(name).until(() => messages.every((message) => heard.has(message)), `${name} hears ${messages.join(', ')}`);
}

/** The notices that stand there once one of that code does. */
async function told(name: string, code: string): Promise<string> {
  await at(name).until(() => at(name).notices.includes(code), `${name} is told ${code}`);
  return at(name).noticeText(code) ?? '';
}

async function untold(name: string): Promise<void> {
  const isOfClocks = (code: string): boolean => code.includes('clock');
  await at(name).until(() => !at(name).notices.some(isOfClocks), `${name} is told no more of clocks`);
}

async function certificate(name: string): Promise<{ from: number; to: number }> {
  const pem = await readFile(join(fleet.dataDir(name), 'identity', 'certificate.pem'));
  const { validFrom, validTo } = new X509Certificate(pem);
  return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}

/** Everything that was ever told of clocks in a window: a right one must never have been called wrong. */
function watch(name: string): string[] {
  const codes = [...at(name).notices];
  at(name).onFrame((frame) => {
    if (frame.type === 'notice') codes.push(frame.notice.code);
  });
  return codes;
}

describe('a tracker whose clock is wrong while people join, and is set right', () => {
  test.each([
    ['three days ahead', 3 * DAY],
    ['400 days ahead', 400 * DAY],
  ])(
    '%s: all hear all, before and after, and newcomers hear what was written meanwhile',
    async (_, aheadMs) => {
      clocks.set('tracker', aheadMs);
      await fleet.tracker.start();
      for (const name of ['alice', 'bob']) await join_(name);
      const codes = ['alice', 'bob'].flatMap(watch);
      await linked('alice', 'bob');
      for (const name of ['alice', 'bob']) {
        await post(name, `${name} while it is wrong`);
        expect(await told(name, 'tracker_clock_wrong')).toContain(`${String(aheadMs / DAY)} days ahead`);
        expect((await certificate(name)).from).toBeGreaterThan(Date.now());
      }
      await hears('bob', 'alice while it is wrong');
      await hears('alice', 'bob while it is wrong');
      clocks.set('tracker', 0);
      for (const name of ['alice', 'bob']) {
        await untold(name);
        await post(name, `${name} after it was set`);
        const { from, to } = await certificate(name);
        expect(from).toBeLessThan(Date.now());
        expect(to).toBeLessThan(Date.now() + 40 * DAY);
      }
      await join_('carol');
      const all = ['alice', 'bob'].flatMap((name) => [`${name} while it is wrong`, `${name} after it was set`]);
      for (const name of ['alice', 'bob', 'carol']) await hears(name, ...all);
      expect(codes).not.toContain('clock_wrong');
      expect(at('carol').notices).toEqual([]);
    },
    240_000,
  );

  test('first started in 1980: nobody is told to set a right clock, and all is well once it is set', async () => {
    clocks.set('tracker', Date.UTC(1980, 0, 1) - Date.now());
    await fleet.tracker.start();
    for (const name of ['alice', 'bob']) await join_(name);
    const codes = ['alice', 'bob'].flatMap(watch);
    for (const name of ['alice', 'bob']) {
      expect(await told(name, 'tracker_clock_wrong')).toMatch(/^The tracker's clock is \d+ days behind\./);
      expect(await at(name).post(GENERAL, 'not yet')).toMatchObject({ ok: false, code: 'tracker_clock_wrong' });
    }
    clocks.set('tracker', 0);
    for (const name of ['alice', 'bob']) await untold(name);
    await linked('alice', 'bob');
    for (const name of ['alice', 'bob']) await post(name, `${name} after it was set`);
    await join_('carol');
    for (const name of ['alice', 'bob', 'carol']) await hears(name, 'alice after it was set', 'bob after it was set');
    expect(codes).not.toContain('clock_wrong');
  }, 240_000);
});

test('a member an hour ahead for one message: it stands where it came, and answers and her next one below it', async () => {
  await fleet.tracker.start();
  for (const name of ['alice', 'bob']) await join_(name);
  await linked('alice', 'bob');
  await post('bob', 'before');
  await hears('alice', 'before');
  clocks.set('alice', HOUR);
  await told('alice', 'clock_wrong');
  await post('alice', 'an hour ahead');
  await hears('bob', 'an hour ahead');
  await post('bob', 'the answer');
  await hears('alice', 'the answer');
  clocks.set('alice', 0);
  await untold('alice');
  await post('alice', 'her next one');
  await hears('bob', 'her next one');
  await post('bob', 'the last one');
  await hears('alice', 'the last one');
  const said = ['before', 'an hour ahead', 'the answer', 'her next one', 'the last one'];
  for (const name of ['alice', 'bob']) expect(await texts(name)).toEqual(said);
  // Who comes later knows by her next one alone.
  await join_('carol');
  await hears('carol', ...said);
  expect((await texts('carol')).slice(-2)).toEqual(said.slice(-2));
}, 240_000);

describe('a peer whose clock is wrong', () => {
  test('is told so, and by how much; the others are told whose it is; and that ends when it is set', async () => {
    await fleet.tracker.start();
    await join_('alice', 3 * HOUR);
    await join_('bob');
    await linked('alice', 'bob');
    expect(await told('alice', 'clock_wrong')).toMatch(
      /^The clock of this machine is 3 hours ahead\. The clocks of the tracker and of bob show another time\. Set yours right/,
    );
    expect(await told('bob', 'peer_clock_wrong')).toMatch(/^The clock of alice is 3 hours ahead/);
    expect(at('bob').notices).not.toContain('clock_wrong');
    clocks.set('alice', 0);
    for (const name of ['alice', 'bob']) await untold(name);
  }, 120_000);

  test('and is alone with the tracker is told that the two differ, and of neither that it is wrong', async () => {
    await fleet.tracker.start();
    await join_('alice', -3 * DAY);
    expect(await told('alice', 'clocks_differ')).toMatch(
      /^The tracker's clock is 3 days ahead when compared with yours/,
    );
    expect(at('alice').notices).toEqual(['clocks_differ']);
    clocks.set('alice', 0);
    await untold('alice');
  }, 120_000);
});
