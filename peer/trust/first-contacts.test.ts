/** What a tracker can make of the first contact with a user: by listing, refusing, being away, and by coming back weeks later. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { DeviceRecord } from '../../protocol/tracker-api.js';
import { readDeviceCertificate } from '../identity/certificate.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { TestTime } from '../link/test-support.js';
import { PinBook } from '../settings/pin-book.js';
import type { Pins } from '../settings/settings.js';
import { DeviceNames } from './device-names.js';
import { KnownDevices } from './known-devices.js';
import { Revocations } from './revocations.js';
import { SafetyNumbers } from './safety-numbers.js';
import { TrustBook } from './trust.js';

const MINUTES_MS = 60_000;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** A device that was revoked. */
const GONE = 'G'.repeat(22) as DeviceId;
const snapshot = { type: 'snapshot' as const, peers: [], channels: [] };

let ca: TestCa;
let me: TestDevice, phone: TestDevice, laptop: TestDevice;
beforeAll(async () => {
  ca = await TestCa.create();
  [me, phone, laptop] = await Promise.all([ca.device('me'), ca.device('bob'), ca.device('bob')]);
});

/** Once all that can go on without time passing or an answer has done so. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

let time: TestTime;
/** By how much the clock of this machine was set back. */
let setBack: number;
let told: string[];
/** Whom the tracker was asked for, in order. */
let asked: string[];
/** What it answers: a list, or the code of a refusal. By default that it is away. */
let answers: Map<string, TestDevice[] | ErrorCode | Promise<DeviceRecord[]>>;
let trust: TrustBook;

const seen = (username: string, device: string) =>
  trust.seen({ username: username as Username, device: device as DeviceId, notAfter: Infinity });
const added = (device: TestDevice): string => `device_added:${device.device}`;

beforeEach(() => {
  time = new TestTime();
  setBack = 0;
  told = [];
  asked = [];
  answers = new Map();
  const data: { pins: Pins } = { pins: { users: {} } };
  const load = () => [{ device: GONE, time: '2026-11-20T12:00:00.000Z', sig: 'A'.repeat(86) }];
  const revocations = new Revocations({ shelf: { load, save: () => undefined }, signed: () => false });
  const devices = new KnownDevices({
    load: () => [],
    revoked: (device) => revocations.has(device),
    now: () => time.now(),
  });
  const pems = new Map([me, phone, laptop].map(({ device, certificatePem }) => [device, certificatePem]));
  const numbers = new SafetyNumbers(me, devices, { pems: (device) => [pems.get(device)].flatMap((pem) => pem ?? []) });
  const pins = new PinBook({
    store: { data, update: (change) => change(data) },
    raise: ({ id }) => void told.push(id),
    lower: () => undefined,
  });
  trust = new TrustBook({
    ...{
      self: me,
      devices,
      deviceNames: new DeviceNames(() => undefined),
      revocations,
      pins,
      numbers,
      log: quiet,
      timers: time,
      now: () => time.now() - setBack,
    },
    notices: { raise: ({ id }) => void told.push(id), dismiss: () => undefined },
    links: { all: () => [] },
    tracker: {
      devices: (username) => {
        asked.push(username);
        const answer = answers.get(username) ?? 'tracker_unreachable';
        if (typeof answer === 'string') return Promise.reject(new ParleyError(answer));
        return Array.isArray(answer) ? Promise.resolve(answer.map(record)) : answer;
      },
      revoke: () => Promise.reject(new ParleyError('forbidden')),
    },
    ownDevices: () => undefined,
    names: { rename: () => Promise.reject(new ParleyError('forbidden')) },
    addCertificate: (pem) => {
      const { username, device, notAfter } = readDeviceCertificate(pem, ca.authority);
      trust.seen({ username, device, notAfter });
    },
    devicesChanged: () => undefined,
  });
});

function record({ device, username, certificatePem: certificate }: TestDevice): DeviceRecord {
  return { device, username, certificate, created: new Date(0).toISOString(), revoked: false };
}

describe('a first contact', () => {
  test('is with all that the tracker lists then, and any further device is told of', async () => {
    answers.set('bob', [phone]);
    seen('bob', 'first');
    await settled();
    expect(told).toEqual([]);
    seen('bob', laptop.device);
    expect(told).toEqual([added(laptop)]);
  });

  test.each<ErrorCode>(['unknown_user', 'forbidden', 'not_found', 'internal', 'bad_request'])(
    'ends when the tracker says %s: what it lists later is told of',
    async (code) => {
      answers.set('bob', code);
      seen('bob', phone.device);
      await settled();
      answers.set('bob', [phone, laptop]);
      await trust.lookUp('bob' as Username);
      expect(told).toEqual([added(laptop)]);
    },
  );

  test.each<ErrorCode>(['tracker_unreachable', 'unavailable', 'not_signed_in', 'session_elsewhere', 'rate_limited'])(
    'waits for the tracker while it says %s, but not for longer than ten minutes',
    async (code) => {
      answers.set('bob', code);
      seen('bob', 'first');
      await settled();
      time.advance(10 * MINUTES_MS - 1);
      answers.set('bob', [phone]);
      trust.heard(snapshot);
      await settled();
      expect(told).toEqual([]);

      answers.set('carol', code);
      seen('carol', 'one');
      await settled();
      time.advance(10 * MINUTES_MS);
      trust.heard(snapshot);
      await settled();
      seen('carol', 'two');
      expect(told).toEqual(['device_added:two']);
    },
  );

  test('is no longer when the clock is set back by a day', async () => {
    seen('bob', phone.device);
    await settled();
    time.advance(9 * MINUTES_MS);
    trust.heard(snapshot);
    await settled();
    setBack = 24 * 60 * MINUTES_MS;
    trust.heard(snapshot);
    await settled();
    time.advance(MINUTES_MS);
    seen('bob', laptop.device);
    expect(told).toEqual([added(laptop)]);
  });

  test('ends when the user has compared the safety number', async () => {
    seen('me', me.device);
    seen('bob', phone.device);
    await settled();
    await trust.verify('bob' as Username, true, undefined);
    seen('bob', laptop.device);
    expect(told).toEqual([added(laptop), 'verification_reset:bob']);
  });
});

describe('the tracker is asked', () => {
  test('for everybody, though it refuses to list the first', async () => {
    answers.set('alice', 'unknown_user').set('bob', [phone]);
    seen('alice', 'a');
    seen('bob', phone.device);
    await settled();
    time.advance(1_000);
    await settled();
    expect(asked).toEqual(['alice', 'bob']);
    seen('bob', laptop.device);
    expect(told).toEqual([added(laptop)]);
  });

  test('in order, for one a second, for nobody twice, and for no guest', async () => {
    const names = Array.from({ length: 300 }, (_, n) => `user${String(n)}`);
    for (const name of names) answers.set(name, []);
    for (const name of ['guest-eve', ...names]) seen(name, `of-${name}`);
    await settled();
    expect(asked).toEqual(['user0']);
    await trust.lookUp('user1' as Username);
    expect(asked).toEqual(['user0', 'user1']);
    time.advance(999);
    await settled();
    expect(asked).toEqual(['user0', 'user1']);
    for (let next = 2; next <= 20; next += 1) {
      time.advance(next === 2 ? 1 : 1_000);
      await settled();
      expect(asked).toEqual(names.slice(0, next + 1));
    }
  });

  test('no further while it is away, and again once it is there', async () => {
    seen('alice', 'a');
    seen('bob', phone.device);
    await settled();
    expect(asked).toEqual(['alice']);
    expect(time.timers).toBe(0);
    time.advance(1_000);
    answers.set('alice', []).set('bob', []);
    trust.heard(snapshot);
    await settled();
    time.advance(1_000);
    await settled();
    expect(asked).toEqual(['alice', 'alice', 'bob']);
  });

  test('again, though it is there while a question from before is still on its way', async () => {
    let fail: (error: Error) => void = () => undefined;
    answers.set('alice', new Promise<never>((_, reject) => void (fail = reject)));
    seen('alice', 'a');
    await settled();
    trust.heard(snapshot);
    answers.set('alice', []);
    fail(new ParleyError('tracker_unreachable'));
    await settled();
    time.advance(1_000);
    await settled();
    expect(asked).toEqual(['alice', 'alice']);
  });

  test('for nothing after the end', async () => {
    answers.set('alice', []).set('bob', []);
    seen('alice', 'a');
    seen('bob', phone.device);
    await settled();
    expect(time.timers).toBe(1);
    trust.close();
    expect(time.timers).toBe(0);
    seen('carol', 'c');
    trust.heard(snapshot);
    await settled();
    expect(asked).toEqual(['alice']);
  });
});

test('a link with a revoked device ends when it comes up, though it was greeted before', () => {
  const link = (device: DeviceId) => {
    const closed: (ErrorCode | undefined)[] = [];
    const ends = { send: () => undefined, close: (code?: ErrorCode) => void closed.push(code) };
    trust.up({ id: closed.length, remote: { device }, ...ends });
    return closed;
  };
  expect([link(GONE), link(phone.device)]).toEqual([['device_revoked'], []]);
});

test('what a tracker says of one’s own devices is drawn: lines, and times that are times', async () => {
  const { device } = me;
  const said = { name: 'lap\u202etop', platform: '\u200b', seen: 'soon', created: 'never' };
  answers.set(me.username, Promise.resolve([{ ...record(me), ...said }]));
  expect(await trust.devices()).toEqual([
    { device, current: true, revoked: false, name: expect.stringMatching(/^lap/) },
  ]);
  const seen = new Date(1).toISOString();
  answers.set(me.username, Promise.resolve([{ ...record(me), seen }]));
  expect(await trust.devices()).toMatchObject([{ created: new Date(0).toISOString(), seen }]);
});
