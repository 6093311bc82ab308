/** Sign-in by the key of a device, as strangers would try it: none is let in, and none keeps others out. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync, hkdfSync, randomBytes, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sessionBytes } from '../protocol/device-proof.js';
import type { DeviceId } from '../protocol/ids.js';
import { CHALLENGE_LIFE_MS } from '../protocol/limits.js';
import { Challenges } from './challenges.js';
import { makeDevice, type TestDevice } from './testing/device.js';
import { certified, challengeFor, signIn } from './testing/device-sign-in.js';
import { expectFailure, TestTrackers, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let device: TestDevice;
beforeAll(async () => {
  tracker = await trackers.start();
  device = makeDevice();
  await certified(await tracker.register('Alice'), device);
});
afterAll(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

/** As the tracker makes them, at another time. */
async function challengesAt(shiftMs: number): Promise<Challenges> {
  const pem = await readFile(join(tracker.dataDir, 'ca-key.pem'), 'utf8');
  const secret = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'parley/session-challenge/1', 32));
  return new Challenges(key, { now: () => Date.now() + shiftMs } as never);
}

describe('a challenge', () => {
  const refused = async (challenge: string): Promise<void> =>
    expectFailure(await signIn(tracker, device, { challenge }), 401, 'bad_challenge');

  test('is refused when it is forged, however little of it', async () => {
    const bytes = Buffer.from(await challengeFor(tracker, device), 'base64url');
    for (const at of [0, 7, 8, 39]) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(at) ^ 1, at);
      await refused(forged.toString('base64url'));
    }
    await refused(randomBytes(40).toString('base64url'));
    await refused(Buffer.alloc(40, 0xff).toString('base64url'));
  });

  test('is refused when it is spelled in another way', async () => {
    const challenge = await challengeFor(tracker, device);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const other = last[last.indexOf(challenge.slice(-1)) ^ 1];
    await refused(challenge.slice(0, -1) + String(other));
  });

  test('is refused when it was made for another device, or by another CA', async () => {
    await refused(await challengeFor(tracker, makeDevice()));
    await refused(await challengeFor(await trackers.start(), device));
  });

  test('is refused a minute later, and when it comes from far ahead', async () => {
    const id = device.device as DeviceId;
    await refused((await challengesAt(-CHALLENGE_LIFE_MS - 1000)).make(id));
    await refused((await challengesAt(CHALLENGE_LIFE_MS + 30_000)).make(id));
    expect((await signIn(tracker, device, { challenge: (await challengesAt(-30_000)).make(id) })).status).toBe(200);
  });
});

describe('nobody is let in', () => {
  test('by another key, whose owner is told the same of a device that is known as of one that is not', async () => {
    const thief = { ...device, privateKey: generateKeyPairSync('ed25519').privateKey };
    const stranger = makeDevice();
    const [known, unknown] = [await signIn(tracker, thief), await signIn(tracker, stranger)];
    expectFailure(known, 401, 'device_unknown');
    expect(known.body).toEqual(unknown.body);
  });

  test('by what the device signed for something else', async () => {
    const challenge = await challengeFor(tracker, device);
    for (const text of [challenge, `parley/register/1\n${challenge}`, `parley/session/1\n${challenge}\n`]) {
      const sig = sign(null, Buffer.from(text), device.privateKey).toString('base64url');
      expectFailure(await signIn(tracker, device, { challenge, sig }), 401, 'device_unknown');
    }
    const good = sign(null, sessionBytes(challenge), device.privateKey).toString('base64url');
    expect((await signIn(tracker, device, { challenge, sig: good })).status).toBe(200);
  });

  test('by a body of another form', async () => {
    const challenge = await challengeFor(tracker, device);
    const good = { device: device.device, challenge, sig: 'A'.repeat(86) };
    const bad: unknown[] = [
      ...['', '[]', '{}', 'null', '{"device":1}', '{"device":"x","challenge":', '\u0000'],
      ...Object.keys(good).flatMap((field) =>
        [undefined, null, 1, [], {}, '', 'x', 'A'.repeat(5000), '\u0000'.repeat(22)].map((value) => ({
          ...good,
          [field]: value,
        })),
      ),
    ];
    for (const body of bad) expect((await tracker.post('/session', body)).status).toBe(400);
    for (const body of [{}, [], { device: null }, { device: 'x'.repeat(22) + '\n' }, { device: 'é'.repeat(22) }]) {
      expect((await tracker.post('/session/challenge', body)).status).toBe(400);
    }
    const certificates = ['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '\u0000'];
    const stranger = makeDevice();
    for (const certificate of certificates) {
      expectFailure(await signIn(tracker, stranger, { certificate }), 401, 'device_unknown');
    }
  });

  test('by a body that is too big: it is refused before it is read', async () => {
    for (const path of ['/session', '/session/challenge']) {
      const answer = await tracker.post(path, { device: device.device, more: 'x'.repeat(70_000) });
      expectFailure(answer, 413, 'too_large');
    }
    expectFailure(await signIn(tracker, device, { certificate: 'x'.repeat(9000) }), 400, 'bad_request');
  });
});

test('a flood from one address is slowed down with the time to come again, and passwords still work there', async () => {
  const small = await trackers.start({ limits: { deviceSignInsPerAddress: 5 } });
  await small.register('bob');
  const asked = await Promise.all(
    Array.from({ length: 40 }, () => small.post('/session/challenge', { device: device.device })),
  );
  const limited = asked.filter(({ status }) => status === 429);
  expect(limited).toHaveLength(35);
  for (const answer of limited) {
    expectFailure(answer, 429, 'rate_limited');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await small.login('bob')).token).toBeTruthy();
});
