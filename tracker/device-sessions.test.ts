/** Sign-in by the key of a device (SPEC.md section 2), at real trackers. What strangers try is in `device-sessions-hostile.test.ts`. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verify, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { refusalBytes } from '../protocol/device-proof.js';
import { copyTracker } from './testing/copied.js';
import { makeDevice, type TestDevice } from './testing/device.js';
import { certified, challengeFor, registerProof, signIn } from './testing/device-sign-in.js';
import { expectFailure, PASSWORD, TestTrackers, TestUser, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
beforeAll(async () => {
  tracker = await trackers.start();
});
afterAll(() => trackers.clean());

/** Somebody whose device a password has let in. */
async function letIn(username: string, at = tracker): Promise<{ user: TestUser; device: TestDevice }> {
  const user = await at.register(username);
  const device = makeDevice();
  await certified(user, device);
  return { user, device };
}

async function session(at: TestTracker, username: string, device: TestDevice): Promise<TestUser> {
  const { status, body } = await signIn(at, device);
  expect([status, body['username']]).toEqual([200, username]);
  return new TestUser(at, username, String(body['token']));
}

/** Refused, with the CA's word for it. */
async function expectEnded(at: TestTracker, device: TestDevice, status: number, code: string): Promise<void> {
  const challenge = await challengeFor(at, device);
  const answer = await signIn(at, device, { challenge });
  const { sig, ...body } = answer.body;
  expectFailure({ ...answer, body }, status, code);
  const ca = new X509Certificate(String((await at.fetch('/ca')).body['text'])).publicKey;
  const bytes = refusalBytes(code, device.device, challenge);
  expect(verify(null, bytes, ca, Buffer.from(String(sig), 'base64url'))).toBe(true);
}

describe('a device that a password has let in', () => {
  test('is let in by its key, and the session is as good as one of the password', async () => {
    const { device } = await letIn('Alice');
    const user = await session(tracker, 'Alice', device);
    expect((await user.get('/me')).body).toMatchObject({ username: 'Alice' });
    expect((await user.submit({ device: device.device })).status).toBe(200);
  });

  test('is let in by its key at each tracker with a copy of the data, also with the challenge of another one', async () => {
    const first = await trackers.start();
    const { device } = await letIn('Ada', first);
    await first.tracker.close();
    const dataDir = await trackers.directory();
    await copyTracker(first.dataDir, dataDir);
    const [again, copy] = [await trackers.start({ dataDir: first.dataDir }), await trackers.start({ dataDir })];
    await session(copy, 'Ada', device);
    expect((await signIn(copy, device, { challenge: await challengeFor(again, device) })).status).toBe(200);
  });

  test('is not any more once its session was signed out, until the password lets it in again', async () => {
    const { user, device } = await letIn('bob');
    const other = await tracker.login('bob');
    const own = await session(tracker, 'bob', device);
    await other.post('/logout', {});
    await session(tracker, 'bob', device);
    await own.post('/logout', {});
    await expectEnded(tracker, device, 401, 'device_signed_out');
    expect((await user.get('/me')).status).toBe(200);
    const back = await tracker.login('bob');
    await back.submit({ device: device.device, lineage: ['L'.repeat(16)] });
    await session(tracker, 'bob', device);
  });

  test('is not any more once the password was changed, until the new one lets it in', async () => {
    const { user, device } = await letIn('carol');
    const next = 'another password';
    const { body } = await user.post('/password', { old: PASSWORD, new: next });
    await expectEnded(tracker, device, 401, 'device_signed_out');
    await new TestUser(tracker, 'carol', String(body['token'])).submit({
      device: device.device,
      lineage: ['L'.repeat(16)],
    });
    await session(tracker, 'carol', device);
    const wrong = await tracker.post('/login', { username: 'carol', password: PASSWORD });
    expectFailure(wrong, 401, 'invalid_credentials');
  });

  test('stays so with a new password where its user says so, and every session of before is over', async () => {
    const { user, device } = await letIn('cleo');
    const own = await session(tracker, 'cleo', device);
    const other = await tracker.login('cleo');
    const { body } = await other.post('/password', { old: PASSWORD, new: 'another password', devices: 'stay' });
    for (const ended of [user, own, other]) expectFailure(await ended.get('/me'), 401, 'not_signed_in');
    const present = new TestUser(tracker, 'cleo', String(body['token']));
    expect((await present.get('/me')).status).toBe(200);
    const again = await session(tracker, 'cleo', device);
    expect((await again.submit({ device: device.device, lineage: ['L'.repeat(16)] })).status).toBe(200);
    await present.post('/password', { old: 'another password', new: 'a third password' });
    await expectEnded(tracker, device, 401, 'device_signed_out');
  });

  test('that changes the password is kept, whatever becomes of the others', async () => {
    const { device } = await letIn('cora');
    const other = makeDevice();
    await certified(await tracker.login('cora'), other);
    const own = await session(tracker, 'cora', device);
    await own.submit({ device: device.device, lineage: ['L'.repeat(16)] });
    await own.post('/password', { old: PASSWORD, new: 'another password', devices: 'sign_out' });
    await session(tracker, 'cora', device);
    await expectEnded(tracker, other, 401, 'device_signed_out');
  });

  test('is not any more once its user has signed out everywhere, nor is any session', async () => {
    const { user, device } = await letIn('cyd');
    const [other, own] = [await tracker.login('cyd'), await session(tracker, 'cyd', device)];
    expect((await other.post('/logout', { everywhere: true })).status).toBe(200);
    for (const ended of [user, own, other]) expectFailure(await ended.get('/me'), 401, 'not_signed_in');
    await expectEnded(tracker, device, 401, 'device_signed_out');
    const back = await tracker.login('cyd');
    await back.submit({ device: device.device, lineage: ['L'.repeat(16)] });
    await session(tracker, 'cyd', device);
  });

  test('of two changes of the password at once, one is made', async () => {
    const { user } = await letIn('cato');
    const other = await tracker.login('cato');
    const [one, two] = await Promise.all([
      user.post('/password', { old: PASSWORD, new: 'password of the one' }),
      other.post('/password', { old: PASSWORD, new: 'password of the other' }),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 401]);
    const right = one.status === 200 ? 'password of the one' : 'password of the other';
    expect((await tracker.post('/login', { username: 'cato', password: right })).status).toBe(200);
  });

  test('never is again once it was revoked', async () => {
    const { user, device } = await letIn('dora');
    await user.post(`/devices/${device.device}/revoke`, {});
    await expectEnded(tracker, device, 403, 'device_revoked');
    await (await tracker.login('dora')).submit({ device: device.device });
    await expectEnded(tracker, device, 403, 'device_revoked');
  });

  test('has at most four sessions, however often it comes back, and those of browsers stand', async () => {
    const { device } = await letIn('ed');
    const browser = await tracker.login('ed');
    const opened: TestUser[] = [];
    for (let n = 0; n < 80; n++) opened.push(await session(tracker, 'ed', device));
    const answers = await Promise.all(opened.slice(-10).map((user) => user.get('/me')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(answers.at(-1)?.status).toBe(200);
    expect((await browser.get('/me')).status).toBe(200);
  });

  test('as a guest is not: the only session of a guest is the visit', async () => {
    const open = await trackers.start({ guests: true });
    const { body } = await open.post('/guests', { username: 'gil' });
    const device = makeDevice();
    await certified(new TestUser(open, String(body['username']), String(body['token'])), device);
    await expectEnded(open, device, 401, 'device_signed_out');
  });
});

describe('a tracker that was restored from before an account was made', () => {
  let restored: TestTracker;
  let device: TestDevice;
  let certificate: string;
  beforeAll(async () => {
    const original = await trackers.start();
    await original.tracker.close();
    const dataDir = await trackers.directory();
    await copyTracker(original.dataDir, dataDir);
    const later = await trackers.start({ dataDir: original.dataDir });
    const user = await later.register('Frida');
    device = makeDevice();
    certificate = await certified(user, device);
    restored = await trackers.start({ dataDir });
  });

  test('says that the account is missing to the device with its certificate, and to nobody else', async () => {
    expectFailure(await signIn(restored, device, { certificate }), 409, 'account_missing');
    expectFailure(await signIn(restored, device), 401, 'device_unknown');
    expectFailure(await signIn(restored, makeDevice(), { certificate }), 401, 'device_unknown');
    const foreign = await trackers.start();
    expectFailure(
      await signIn(foreign, device, { certificate, challenge: await challengeFor(foreign, device) }),
      401,
      'device_unknown',
    );
  });

  test('lets that device make the account again even where registration is closed, and then in by its key', async () => {
    await restored.tracker.close();
    await writeFile(`${restored.dataDir}/settings.json`, JSON.stringify({ registration: 'closed' }));
    const closed = await trackers.start({ dataDir: restored.dataDir });
    const account = { username: 'Frida', password: PASSWORD };
    expectFailure(await closed.post('/register', account), 403, 'forbidden');
    const proof = await registerProof(closed, device, certificate);
    expectFailure(await closed.post('/register', { ...account, username: 'other', ...proof }), 401, 'device_unknown');
    expectFailure(await closed.post('/register', { ...account, certificate }), 400, 'bad_request');
    // What it signs to be let in makes no account.
    const { sig } = await registerProof(closed, device, certificate, 'session', proof.challenge);
    expectFailure(await closed.post('/register', { ...account, ...proof, sig }), 401, 'device_unknown');
    expect((await closed.post('/register', { ...account, ...proof })).status).toBe(200);
    expectFailure(await closed.post('/register', { ...account, ...proof }), 409, 'name_taken');
    await certified(await closed.login('Frida'), device);
    await session(closed, 'Frida', device);
  });
});
