import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import type { ChannelName, DeviceId, Username } from './ids.js';
import { SEALED_CLASSES } from './limits.js';
import { readLetter, writeLetter, type LetterHead } from './mailbox-letter.js';
import { prekeyBytesOf, prekeyId } from './mailbox-prekey.js';
import { isSealed, seal, SEALED_EXTRA, unseal } from './sealed.js';
import { deriveKeys, hpkeOpen, hpkeSeal, keysOf } from './sealed-hpke.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** RFC 9180: A.1.1 as printed, and the same of kem 0x0020, kdf 0x0001, aead 0x0002 in the file that appendix A names. */
const vectors = [
  {
    name: 'DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM',
    aead: 1 as const,
    ikmE: '7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234',
    ikmR: '6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037',
    skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
    pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    ct: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  },
  {
    name: 'DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM',
    aead: 2 as const,
    ikmE: '2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9',
    ikmR: 'dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee',
    skRm: '497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d',
    pkRm: '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
    enc: '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
    ct: 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
  },
];
const info = hex('4f6465206f6e2061204772656369616e2055726e');
const aad = hex('436f756e742d30');
const text = hex('4265617574792069732074727574682c20747275746820626561757479');

describe('HPKE', () => {
  test.each(vectors)('seals and opens as RFC 9180 says: $name', ({ aead, ikmE, ikmR, skRm, pkRm, enc, ct }) => {
    const keys = deriveKeys(hex(ikmR));
    expect(keys.publicKey.toString('hex')).toBe(pkRm);
    expect(keysOf(hex(skRm)).publicKey.toString('hex')).toBe(pkRm);
    const sealed = hpkeSeal(hex(pkRm), text, { info, aad, aead }, hex(ikmE));
    expect(sealed.toString('hex')).toBe(enc + ct);
    expect(hpkeOpen(keys, sealed, { info, aad, aead })).toEqual(text);
    for (const wrong of [
      { info: aad, aad, aead },
      { info, aad: info, aead },
    ]) {
      expect(() => hpkeOpen(keys, sealed, wrong)).toThrow(expect.objectContaining({ code: 'bad_sealed' }));
    }
  });

  test('refuses keys of small order, on both sides', () => {
    const keys = deriveKeys(randomBytes(32));
    const orders = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    ].map(hex);
    const context = { info, aad, aead: 2 } as const;
    for (const point of orders) {
      expect(() => hpkeSeal(point, text, context, randomBytes(32))).toThrow(
        expect.objectContaining({ code: 'bad_sealed' }),
      );
      const blob = Buffer.concat([point, randomBytes(64)]);
      expect(() => hpkeOpen(keys, blob, context)).toThrow(expect.objectContaining({ code: 'bad_sealed' }));
    }
  });
});

const bob = 'b'.repeat(22) as DeviceId;
const keys = deriveKeys(Buffer.alloc(32, 7));
const to = { device: bob, prekey: prekeyId(keys.publicKey) };
const writer = generateKeyPairSync('ed25519');
const from: LetterHead = {
  username: 'alice' as Username,
  device: 'a'.repeat(22) as DeviceId,
  channels: ['general' as ChannelName],
  time: '2026-11-20T06:27:00.123Z',
};
const write = (lines: string): Buffer =>
  writeLetter(from, to, lines, (bytes) => sign(null, bytes, writer.privateKey).toString('base64url'));
const signedByWriter = ({ signed, sig }: { signed: Buffer; sig: string }): boolean =>
  verify(null, signed, createPublicKey(writer.privateKey), Buffer.from(sig, 'base64url'));

describe('a sealed letter', () => {
  test('opens to what was written, and only its size class is visible', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3000 }), { maxLength: 60 }),
        (texts) => {
          const lines = texts.map((line) => JSON.stringify({ type: 'x', line }));
          const blob = seal(to, keys.publicKey, write(lines.map((line) => `${line}\n`).join('')), randomBytes(32));
          expect(SEALED_CLASSES).toContain(blob.length - SEALED_EXTRA);
          expect(isSealed(blob)).toBe(true);
          const letter = readLetter(unseal(to, keys, blob), to);
          expect(letter.lines).toEqual(lines);
          expect(letter.head).toEqual(from);
          expect(signedByWriter(letter)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('can fill its class to the last byte, and is refused beyond the largest', () => {
    const head = write('').indexOf('\n') + 1;
    expect(write('')).toHaveLength(1024);
    for (const size of SEALED_CLASSES) expect(write(`${'x'.repeat(size - head - 1)}\n`)).toHaveLength(size);
    expect(() => write(`${'x'.repeat(256 * 1024 - head)}\n`)).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  test('opens for no other device, prekey, key or version', () => {
    const blob = seal(to, keys.publicKey, write('{}\n'), randomBytes(32));
    const others = [
      [{ ...to, device: 'c'.repeat(22) as DeviceId }, keys, blob],
      [{ ...to, prekey: 'c'.repeat(22) }, keys, blob],
      [to, deriveKeys(randomBytes(32)), blob],
      [to, keys, Buffer.concat([Buffer.of(2), blob.subarray(1)])],
      [to, keys, blob.subarray(0, -1)],
      [to, keys, Buffer.alloc(0)],
    ] as const;
    for (const [device, own, bytes] of others) {
      expect(() => unseal(device, own, bytes)).toThrow(expect.objectContaining({ code: 'bad_sealed' }));
    }
  });

  test('passed on to another device is not signed for it', () => {
    const letter = readLetter(write('{}\n'), { ...to, device: 'c'.repeat(22) as DeviceId });
    expect(signedByWriter(letter)).toBe(false);
    expect(signedByWriter(readLetter(write('{}\n'), { ...to, prekey: 'c'.repeat(22) }))).toBe(false);
  });

  test('with one bit changed does not open', () => {
    const blob = seal(to, keys.publicKey, write('{}\n'), randomBytes(32));
    fc.assert(
      fc.property(fc.nat(blob.length * 8 - 1), (bit) => {
        const changed = Buffer.from(blob);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // The highest bit of `enc` is no part of the key (RFC 7748 section 5), but of what the secret is derived from.
        expect(() => unseal(to, keys, changed)).toThrow(expect.objectContaining({ code: 'bad_sealed' }));
      }),
      { numRuns: 500 },
    );
  });

  test('any garbage is an error with a code, sealed or not', () => {
    const coded = (run: () => unknown): void => {
      try {
        run();
      } catch (error) {
        expect(error).toMatchObject({ name: 'ParleyError' });
      }
    };
    const sizes = fc.constantFrom(...SEALED_CLASSES.slice(0, 2).map((size) => size + SEALED_EXTRA), 0, 1, 48, 49, 1000);
    fc.assert(
      fc.property(sizes, fc.uint8Array({ maxLength: 300 }), (size, bytes) => {
        const blob = Buffer.alloc(size, Buffer.concat([Buffer.of(1), bytes]));
        coded(() => unseal(to, keys, blob));
      }),
      { numRuns: 500 },
    );
    // What the letter says is the writer's to choose: text, half JSON, heads with wrong fields, bytes that are no text.
    const first = JSON.stringify({ type: 'letter', ...from, version: 1, sig: 'x'.repeat(86) });
    const json = fc.json({ maxDepth: 3 }).map((line) => Buffer.from(`${line}\n`));
    const cut = fc.nat(first.length).map((at) => Buffer.from(first.slice(0, at)));
    const tail = fc.uint8Array({ maxLength: 200 }).map((rest) => Buffer.concat([Buffer.from(`${first}\n`), rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), json, cut, tail), (bytes) => {
        coded(() => readLetter(bytes, to));
      }),
      { numRuns: 2000 },
    );
  });

  test('of newlines only costs no more than its length', () => {
    const body = Buffer.concat([Buffer.alloc(256 * 1024 - 1, 10), Buffer.from('x')]);
    expect(() => readLetter(body, to)).toThrow(expect.objectContaining({ code: 'bad_sealed' }));
    const first = Buffer.from(`${JSON.stringify({ type: 'letter', ...from, version: 1, sig: 'x'.repeat(86) })}\n`);
    expect(readLetter(Buffer.concat([first, body]), to).lines).toEqual([]);
  });
});

describe('a prekey', () => {
  test('has the id of its key', () => {
    const key = keys.publicKey.toString('base64url');
    expect(prekeyBytesOf({ id: to.prekey, key })).toEqual(keys.publicKey);
    expect(prekeyBytesOf({ id: 'c'.repeat(22), key })).toBeUndefined();
    // The last character holds two bits that belong to no byte: one text for one key.
    const last = key.endsWith('B') ? 'C' : 'B';
    expect(prekeyBytesOf({ id: to.prekey, key: key.slice(0, -1) + last })).toBeUndefined();
  });
});
