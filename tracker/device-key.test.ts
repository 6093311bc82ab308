import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { DeviceId } from '../protocol/ids.js';
import { keyOfDevice } from './device-key.js';
import { makeDevice } from './testing/device.js';
import { certified } from './testing/device-sign-in.js';
import { TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
const owner = makeDevice();
const device = owner.device as DeviceId;
let certificate: string;

beforeAll(async () => {
  const tracker = await trackers.start();
  const alice = await tracker.register('alice');
  await certified(alice, owner);
  const { devices } = (await alice.get('/devices?username=alice')).body as { devices: { certificate: string }[] };
  certificate = devices[0]?.certificate ?? '';
});
afterAll(() => trackers.clean());

test('the key of a certificate is found by the hash that names the device', () => {
  expect(keyOfDevice(certificate, device).equals(new X509Certificate(certificate).publicKey)).toBe(true);
});

test('what only looks like a key is none', () => {
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
  const der = new X509Certificate(certificate).raw;
  const text = (bytes: Buffer): string =>
    `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`;
  const expected = new X509Certificate(certificate).publicKey;
  for (const bytes of [Buffer.concat([other, der]), Buffer.concat([other.subarray(0, 20), der])])
    expect(keyOfDevice(text(bytes), device).equals(expected)).toBe(true);
});

test('a certificate of another key has that one, and what is no certificate has none', () => {
  const other = makeDevice().device as DeviceId;
  expect(keyOfDevice(certificate, other).equals(new X509Certificate(certificate).publicKey)).toBe(true);
  expect(() => keyOfDevice('nonsense', device)).toThrow();
});
