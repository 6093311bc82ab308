import 'reflect-metadata';
import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { NoticeView } from '../../protocol/local-api.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { NoticeBoard, NOTICES_MAX } from './notice-board.js';
import type { Document } from './document.js';
import { PinBook } from './pin-book.js';
import { caFingerprint, DEVICES_PINNED_MAX, judgeDevices, type NewNotice } from './pins.js';
import { PrivateJsonFile } from './private-json-file.js';
import { openSecrets, type Secrets } from './secrets.js';
import { openSettings, type Settings } from './settings.js';

const errors: string[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (_fields: object, message: string) => void errors.push(message),
};
const bob = 'Bob' as Username;
const device = (letter: string): DeviceId => letter.repeat(22) as DeviceId;

let folder: TempDir;
let dir: string;
beforeEach(() => {
  folder = new TempDir();
  dir = folder.path;
  errors.length = 0;
});
afterEach(() => folder.remove());

/** A document writes behind: it is done before its folder is removed. */
const ofSettings = async (): Promise<Document<Settings>> =>
  folder.closing(await openSettings(dir, log), (opened) => opened.flush());
const ofSecrets = async (): Promise<Document<Secrets>> =>
  folder.closing(await openSecrets(dir, log), (opened) => opened.flush());

const settingsFile = (): string => join(dir, 'settings.json');

describe('a document', () => {
  test('is kept over a restart, readable by its owner alone, as text that a person can edit', async () => {
    const settings = await ofSettings();
    settings.update((data) => {
      data.profile.displayName = 'Alice';
      data.trackers.push('http://192.168.1.5:8001');
    });
    await settings.flush();
    expect((await stat(settingsFile())).mode & 0o777).toBe(0o600);
    expect(await readFile(settingsFile(), 'utf8')).toContain('\n  "profile": {\n    "displayName": "Alice"');
    expect((await openSettings(dir, log)).data).toEqual(settings.data);
    expect(await readdir(dir)).toEqual(['settings.json']);
  });

  test('is not written before something changes', async () => {
    await (await openSecrets(dir, log)).flush();
    expect(await readdir(dir)).toEqual([]);
  });

  test('that others could read is made private when it is opened', async () => {
    await writeFile(settingsFile(), '{}');
    await chmod(settingsFile(), 0o644);
    await openSettings(dir, log);
    expect((await stat(settingsFile())).mode & 0o777).toBe(0o600);
  });

  test('takes members that are missing from the defaults, and keeps those of a later version', async () => {
    await writeFile(settingsFile(), '{"theme":"dark","trackers":["http://a"]}');
    const settings = await ofSettings();
    settings.update((data) => data.trackers.push('http://b'));
    await settings.flush();
    expect(JSON.parse(await readFile(settingsFile(), 'utf8'))).toEqual({
      version: 1,
      profile: {},
      trackers: ['http://a', 'http://b'],
      pins: { users: {} },
      notices: [],
      preferences: {},
      people: {},
      conversations: {},
      theme: 'dark',
    });
  });

  test.each([
    ['', 'is not valid JSON'],
    ['{"trackers":[', 'is not valid JSON'],
    ['null', 'must hold one JSON object'],
    ['[]', 'must hold one JSON object'],
    ['7', 'must hold one JSON object'],
    ['false', 'must hold one JSON object'],
    ['{"trackers":"http://a"}', 'trackers must be array'],
    ['{"pins":{"users":{"bob":[1]}}}', 'pins.users.bob.0 must be string'],
    ['{"pins":{"users":{"__proto__":[1]}}}', 'pins.users.__proto__.0 must be string'],
    ['{"profile":{"about":5}}', 'profile.about must be string'],
  ])('that holds %s is refused in one line that names file and field, and left as it is', async (text, reason) => {
    await writeFile(settingsFile(), text);
    const refused = openSettings(dir, log);
    await expect(refused).rejects.toMatchObject({ name: 'SettingsError' });
    await expect(refused).rejects.not.toHaveProperty('stack');
    await expect(refused).rejects.toThrow(settingsFile());
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toThrow(/^[^\n]*$/);
    expect(await readFile(settingsFile(), 'utf8')).toBe(text);
  });

  test('takes a thousand changes in few writes, and flush waits for the last of them', async () => {
    const secrets = await ofSecrets();
    const writes = jest.spyOn(PrivateJsonFile.prototype, 'write');
    for (let n = 0; n < 1000; n += 1) secrets.update((data) => void (data.trackerToken = `token ${n}`));
    const written = secrets.flush();
    secrets.update((data) => void (data.passwordHash = 'late'));
    await written;
    expect(JSON.parse(await readFile(join(dir, 'secrets.json'), 'utf8'))).toEqual({
      version: 1,
      trackerToken: 'token 999',
      passwordHash: 'late',
      uiSessions: [],
    });
    expect(writes.mock.calls.length).toBeLessThanOrEqual(2);
    writes.mockRestore();
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        for (let turn = 0; turn < n; turn += 1) await Promise.resolve();
        secrets.update((data) => void (data.trackerToken = `turn ${n}`));
      }),
    );
    await secrets.flush();
    expect((await openSecrets(dir, log)).data.trackerToken).toBe('turn 49');
  });

  test('that cannot be written says so, keeps the change, and writes it once it can', async () => {
    const settings = await ofSettings();
    await rm(dir, { recursive: true });
    settings.update((data) => data.trackers.push('http://a'));
    await expect(settings.flush()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(errors).toEqual(['could not be written; it is tried again with the next change']);
    await mkdir(dir);
    expect((await ofSettings()).data.trackers).toEqual([]);
    expect(settings.data.trackers).toEqual(['http://a']);
    settings.update((data) => data.trackers.push('http://b'));
    await settings.flush();
    expect((await ofSettings()).data.trackers).toEqual(['http://a', 'http://b']);
  });

  test('that is a directory is an error in one line', async () => {
    await expect(openSettings('/dev/null', log)).rejects.toThrow(/cannot be read .*Give this account access/);
  });
});

async function makeCa(keys?: CryptoKeyPair): Promise<{ pem: string; keys: CryptoKeyPair }> {
  const pair = keys ?? ((await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: 'CN=Parley', keys: pair, signingAlgorithm: { name: 'Ed25519' } },
    webcrypto as Crypto,
  );
  return { pem: certificate.toString('pem'), keys: pair };
}

describe('pins', () => {
  async function book() {
    const settings = await ofSettings();
    const raised: NewNotice[] = [];
    const lowered: string[] = [];
    const raise = (notice: NewNotice): void => void raised.push(notice);
    const pins = new PinBook({ store: settings, raise, lower: (id) => void lowered.push(id) });
    return { settings, raised, lowered, pins };
  }

  test('the CA that is seen first is believed, also after it renewed its certificate; another is not, and is told of once', async () => {
    const { settings, raised, pins } = await book();
    const first = await makeCa();
    expect(pins.trustsCa(first.pem, 'http://t')).toBe(true);
    expect(settings.data.pins.ca).toBe(caFingerprint(first.pem));
    expect(pins.trustsCa((await makeCa(first.keys)).pem, 'http://t')).toBe(true);
    const other = await makeCa();
    expect(pins.trustsCa(other.pem, 'http://t')).toBe(false);
    expect(pins.trustsCa(other.pem, 'http://t')).toBe(false);
    expect(raised.map(({ code, level }) => [code, level])).toEqual([['ca_changed', 'error']]);
    expect(raised[0]?.text).toContain('http://t');
    expect(settings.data.pins.ca).toBe(caFingerprint(first.pem));
    expect(pins.trustsCa(first.pem, 'http://t')).toBe(true);
  });

  test('the notice of another CA is taken back once every tracker that showed it shows the right one again', async () => {
    const { raised, lowered, pins } = await book();
    const [first, other] = [await makeCa(), await makeCa()];
    for (const [{ pem }, tracker] of [
      [first, 'http://t'],
      [other, 'http://t'],
      [other, 'http://u'],
      [first, 'http://t'],
    ] as const)
      pins.trustsCa(pem, tracker);
    expect(lowered).toEqual([]);
    pins.trustsCa(first.pem, 'http://u');
    pins.trustsCa(first.pem, 'http://u');
    expect(lowered).toEqual(raised.map(({ id }) => id));
    pins.trustsCa(other.pem, 'http://u');
    expect(raised).toHaveLength(2);
  });

  test('what is no certificate is not believed and not pinned', async () => {
    const { settings, pins } = await book();
    expect(pins.trustsCa('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'http://t')).toBe(false);
    expect(settings.data.pins.ca).toBeUndefined();
  });

  test("a user's first devices are taken as they are; a later one and a revoked one are told of, once", async () => {
    const { settings, raised, pins } = await book();
    pins.sawDevices(bob, [device('a'), device('b')]);
    pins.sawDevices('bob' as Username, [device('b')]);
    expect(raised).toEqual([]);
    pins.sawDevices(bob, [device('c'), device('c')]);
    pins.sawDevices(bob, [device('c'), device('a')]);
    pins.sawDevices(bob, [device('a')], [device('a')]);
    pins.sawDevices(bob, [], [device('a')]);
    expect(raised.map(({ id }) => id)).toEqual([`device_added:${device('c')}`, `device_revoked:${device('a')}`]);
    expect(raised[0]?.text).toMatch(/^Bob uses a new device\. .*safety number/);
    expect(settings.data.pins.users).toEqual({ bob: [device('b'), device('c')] });
  });

  test('users named like members of every object are users like others, also after a restart', async () => {
    const { settings, raised, pins } = await book();
    for (const name of ['__proto__', 'constructor'] as Username[]) {
      pins.sawDevices(name, [device('a')]);
      pins.sawDevices(name, [device('b')]);
    }
    expect(raised).toHaveLength(2);
    await settings.flush();
    const again = await book();
    for (const name of ['__proto__', 'constructor'] as Username[]) again.pins.sawDevices(name, [device('b')]);
    expect(again.raised).toEqual([]);
    expect(Object.keys(again.settings.data.pins.users)).toEqual(['__proto__', 'constructor']);
  });

  test('are bounded for a user', () => {
    const many = Array.from({ length: DEVICES_PINNED_MAX + 5 }, (_, n) => String(n).padStart(22, '0') as DeviceId);
    expect(judgeDevices(bob, undefined, many).pin).toEqual(many.slice(5));
  });
});

test('notices: told, kept, replaced, dismissed and bounded', async () => {
  const settings = await ofSettings();
  const told: NoticeView[] = [];
  const removed: string[] = [];
  const board = new NoticeBoard({
    store: settings,
    clock: { now: () => Date.UTC(2026, 10, 20) },
    events: { notice: (notice) => void told.push(notice), removed: (id) => void removed.push(id) },
  });
  const clock: NewNotice = { id: 'clock', level: 'warning', code: 'clock_wrong', text: '2 minutes' };
  board.raise(clock);
  board.raise(clock);
  board.raise({ ...clock, text: '3 minutes' });
  expect(told.map(({ text }) => text)).toEqual(['2 minutes', '3 minutes']);
  expect(board.list()).toEqual([{ ...clock, text: '3 minutes', time: '2026-11-20T00:00:00.000Z' }]);
  await settings.flush();
  expect((await openSettings(dir, log)).data.notices).toEqual(board.list());
  for (let n = 0; n < NOTICES_MAX; n += 1) board.raise({ ...clock, id: `n${n}` });
  expect(board.list()).toHaveLength(NOTICES_MAX);
  expect(removed).toEqual(['clock']);
  board.dismiss('n3');
  board.dismiss('n3');
  expect(removed).toEqual(['clock', 'n3']);
  expect(board.list().map(({ id }) => id)).not.toContain('n3');
});
