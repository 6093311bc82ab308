import { expect, test } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { signedBytes } from '../../protocol/entry.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import { Signatures, type Signed } from './signatures.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const device = 'A'.repeat(22) as DeviceId;
const idOf = (n: number): EntryId => Buffer.alloc(32, n).toString('base64url') as EntryId;
const signed = (n: number, id = idOf(n)): Signed => ({
  ...{ device, publicKey, id },
  sig: sign(null, signedBytes(idOf(n)), privateKey).toString('base64url'),
});
/** Of all calls, in the order in which they were made. */
const all = (signatures: Signatures, ones: readonly Signed[]): Promise<boolean[]> =>
  Promise.all(ones.map((one) => new Promise<boolean>((resolve) => signatures.verify(one, resolve))));

test('good ones are good, on the spot or on the pool, for everybody who asks', async () => {
  const signatures = new Signatures();
  const ones = Array.from({ length: 20 }, (_, n) => signed(n));
  expect(await all(signatures, [...ones, ...ones, ...ones])).toEqual(Array(60).fill(true));
});

test('a good one is known from then on, without another check', () => {
  const signatures = new Signatures();
  let told: boolean[] = [];
  signatures.verify(signed(1), (valid) => told.push(valid));
  // Not the first of this turn: were it checked again, it would be on the pool.
  signatures.verify(signed(1), (valid) => told.push(valid));
  expect(told).toEqual([true, true]);
  told = [];
  signatures.verify(signed(2), (valid) => told.push(valid));
  expect(told).toEqual([]);
});

test('a signature of another entry, of another key, or of none, is never good, whatever was found before', async () => {
  const signatures = new Signatures();
  const other = generateKeyPairSync('ed25519');
  const wrong = [
    signed(1, idOf(2)),
    { ...signed(1), device: 'B'.repeat(22) as DeviceId, publicKey: other.publicKey },
    { ...signed(1), sig: '' },
    { ...signed(1), sig: signed(2).sig },
  ];
  expect(await all(signatures, [signed(1), ...wrong])).toEqual([true, false, false, false, false]);
  expect(await all(signatures, [...wrong, ...wrong])).toEqual(Array(8).fill(false));
});

test('only so many are remembered, the oldest go', async () => {
  const signatures = new Signatures(2);
  for (const n of [1, 2, 3]) expect(await all(signatures, [signed(n)])).toEqual([true]);
  const told: string[] = [];
  signatures.verify(signed(3), () => told.push('3'));
  signatures.verify(signed(2), () => told.push('2'));
  expect(told).toEqual(['3', '2']);
  expect(await all(signatures, [signed(1)])).toEqual([true]);
});
