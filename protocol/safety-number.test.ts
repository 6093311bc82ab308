import { readFileSync } from 'node:fs';
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Username } from './ids.js';
import { parseLinkMessage } from './link-messages.js';
import { revocationBytes, type Revocation } from './revocation.js';
import { safetyNumber, type SafetyParty } from './safety-number.js';

interface Vectors {
  readonly safety: { readonly parties: { username: string; keys: string[] }[]; readonly number: string };
  readonly revocation: { readonly ca: string; readonly bytes: string; readonly statement: Revocation };
}
const vectors = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as Vectors;

const party = (i: number): SafetyParty => {
  const { username, keys = [] } = vectors.safety.parties[i] ?? {};
  return { username: username as Username, keys: keys.map((key) => Buffer.from(key, 'base64url')) };
};
const [alice, bob] = [party(0), party(1)];

describe('the safety number', () => {
  test('is that of the golden vector on both sides, with any case of the name and any order of the keys', () => {
    expect(safetyNumber(alice, bob)).toBe(vectors.safety.number);
    const turned = { username: 'ALICE' as Username, keys: [...alice.keys, ...alice.keys].reverse() };
    expect(safetyNumber(bob, turned)).toBe(vectors.safety.number);
  });

  test('changes with another key, a missing key, or another name', () => {
    const [first] = alice.keys;
    const others = [
      safetyNumber({ ...alice, keys: first ? [first] : [] }, bob),
      safetyNumber({ ...alice, keys: [...alice.keys, Buffer.alloc(32, 7)] }, bob),
      safetyNumber({ ...alice, username: 'alicia' as Username }, bob),
      safetyNumber(alice, { ...bob, keys: alice.keys }),
    ];
    expect(new Set([vectors.safety.number, ...others]).size).toBe(5);
    for (const number of others) expect(number).toMatch(/^\d{60}$/);
  });

  test('of nobody is a bug', () => {
    expect(() => safetyNumber(alice, { ...bob, keys: [] })).toThrow('bug');
    expect(() => safetyNumber(alice, { ...bob, keys: [Buffer.alloc(44)] })).toThrow('bug');
  });
});

describe('a revocation', () => {
  const { ca, bytes, statement } = vectors.revocation;

  test('is that of the golden vector', () => {
    const key = createPublicKey({ key: Buffer.from(ca, 'base64url'), format: 'der', type: 'spki' });
    expect(revocationBytes(statement).toString()).toBe(bytes);
    expect(verify(null, revocationBytes(statement), key, Buffer.from(statement.sig, 'base64url'))).toBe(true);
  });

  test('travels in bounded lists of whole statements', () => {
    const line = (statements: unknown): string => JSON.stringify({ type: 'revoked', statements });
    expect(parseLinkMessage(line([statement]))).toEqual({ type: 'revoked', statements: [statement] });
    for (const bad of [[{ ...statement, sig: 'x' }], [{ ...statement, time: 'now' }], Array(65).fill(statement), {}]) {
      expect(() => parseLinkMessage(line(bad))).toThrow(expect.objectContaining({ code: 'bad_request' }));
    }
  });
});
