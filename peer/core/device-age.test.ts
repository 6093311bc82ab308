import { beforeEach, expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import type { DeviceRecord } from '../../protocol/tracker-api.js';
import { DeviceAge } from './device-age.js';

const [laptop, phone] = ['L'.repeat(22), 'P'.repeat(22)] as [DeviceId, DeviceId];
const NOW = Date.parse('2026-11-30T12:00:00.000Z');

let data: { olderThan?: number };
let known: number;
let age: DeviceAge;

beforeEach(() => {
  [data, known] = [{}, 0];
  const settings = { data, update: (change: (of: typeof data) => void) => change(data) };
  age = new DeviceAge({ device: phone, settings, now: () => NOW, changed: () => void known++ });
});

function record(device: DeviceId, created: string, revoked = false): DeviceRecord {
  return { device, username: 'alice', created, revoked, certificate: 'pem' };
}

test('the only device of a user is their first one, and stays so when another one comes', () => {
  expect([age.isKnown, age.isFirst, age.older]).toEqual([false, false, 0]);
  age.heard([record(phone, '2026-11-01T00:00:00.000Z')]);
  expect([age.isKnown, age.isFirst, age.older, known]).toEqual([true, true, 0, 1]);
  age.heard([record(laptop, '2020-01-01T00:00:00.000Z'), record(phone, '2026-11-01T00:00:00.000Z')]);
  expect([age.isFirst, known]).toEqual([true, 1]);
});

test('one that came beside others is as old as the tracker says, also if the older one was lost', () => {
  const created = '2026-11-01T00:00:00.000Z';
  age.heard([record(laptop, '2026-10-01T00:00:00.000Z', true), record(phone, created)]);
  expect([age.isFirst, age.older]).toEqual([false, Date.parse(created)]);
});

test('whatever a tracker says, what is still to be written is not older than the device', () => {
  age.heard([record(laptop, '2026-10-01T00:00:00.000Z'), record(phone, '9999-01-01T00:00:00.000Z')]);
  expect([age.isFirst, age.older]).toEqual([false, NOW]);
});

test('a list without this device, or with a time that is none, says nothing', () => {
  age.heard([record(laptop, '2026-10-01T00:00:00.000Z')]);
  age.heard([record(phone, 'yesterday')]);
  expect([age.isKnown, known]).toEqual([false, 0]);
});
