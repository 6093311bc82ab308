/** Whose key is whose across a change of the authority (SPEC.md section 3, a tracker that was set up anew). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '../../test/support/temp-dir.js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import { readDeviceCertificate } from '../identity/certificate.js';
import { endAuthority, forgetAuthority, formerAuthorities } from '../identity/former.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { Keyring, type CertificateShelf } from './keyring.js';

const HOUR = 3600_000;

let folder: TempDir;
let directory: string;
let before: TestCa;
let now: TestCa;
let bob: TestDevice;
let ended: number;
/** As the store keeps it: devices that the present authority certified are of the present era. */
let eras: Map<DeviceId, number>;
let pems: Map<DeviceId, string[]>;
let revoked: Set<DeviceId>;
let keyring: Keyring;

beforeEach(async () => {
  folder = new TempDir();
  directory = folder.path;
  [before, now] = await Promise.all([TestCa.create(), TestCa.create()]);
  bob = await before.device('bob');
  ended = Date.now() - HOUR;
  await writeFile(join(directory, 'ca.pem'), before.pem);
  await endAuthority(directory, ended);
  // Once more, as after a stop on the way: it ends once.
  await endAuthority(directory, Date.now());
  await forgetAuthority(directory);
  const formers = await formerAuthorities(directory);
  expect(formers.map((former) => former.ended)).toEqual([ended]);
  eras = new Map([[bob.device, 0]]);
  pems = new Map([[bob.device, [bob.certificatePem]]]);
  const shelf: CertificateShelf = {
    save: ({ device, pem }) => {
      eras.set(device, 1);
      pems.set(device, [pem, ...(pems.get(device) ?? [])]);
    },
    pems: (device) => pems.get(device) ?? [],
  };
  const check = (pem: string) => readDeviceCertificate(pem, now.authority);
  const { privateKey } = await now.device('alice');
  revoked = new Set();
  const revokedAt = (device: DeviceId) => (revoked.has(device) ? ended : undefined);
  keyring = new Keyring(privateKey, shelf, check, revokedAt, (device) => formers[eras.get(device) ?? 1]);
});
afterEach(() => folder.remove());

describe('a device of a former authority', () => {
  test('is believed in what it wrote before the end, and in nothing later', () => {
    expect(keyring.author(bob.device, ended - HOUR)).toEqual({ known: true, username: 'bob' });
    expect(keyring.author(bob.device, ended)).toEqual({ known: true, username: 'bob' });
    expect(keyring.author(bob.device, ended + 1)).toEqual({ known: true, revoked: true });
    expect(keyring.author(bob.device, Date.now())).toEqual({ known: true, revoked: true });
  });

  test('counts for nothing any more, until the present authority certifies its key', async () => {
    expect([keyring.counted(bob.device), keyring.owner(bob.device)]).toEqual([undefined, 'bob']);
    keyring.add((await now.certify(bob.privateKey, 'bob')).certificatePem);
    expect(keyring.counted(bob.device)).toBe('bob');
  });

  test('whose certificate was not here when it ended is unknown for ever', async () => {
    const mallory = await before.device('bob');
    expect(() => keyring.add(mallory.certificatePem)).toThrow(expect.objectContaining({ code: 'certificate_unknown' }));
    expect(keyring.knows(mallory.device)).toBe(false);
    expect(keyring.author(mallory.device, ended - HOUR)).toEqual({ known: false });
  });

  test('is one of the present authority once that certifies its key', async () => {
    keyring.add((await now.certify(bob.privateKey, 'bob')).certificatePem);
    expect(keyring.author(bob.device, Date.now())).toEqual({ known: true, username: 'bob' });
  });

  test('does not change its user with it', async () => {
    const { certificatePem } = await now.certify(bob.privateKey, 'mallory');
    expect(() => keyring.add(certificatePem)).toThrow(expect.objectContaining({ code: 'identity_mismatch' }));
    expect(keyring.author(bob.device, ended)).toEqual({ known: true, username: 'bob' });
  });
});

test('a certificate that begins later proves what its device wrote before; one that is over proves nothing later', async () => {
  const dave = await now.device('dave', { notBefore: Date.now() + 2 * HOUR, notAfter: Date.now() + 9 * HOUR });
  keyring.add(dave.certificatePem);
  expect(keyring.author(dave.device, Date.now())).toEqual({ known: true, username: 'dave' });
  expect(keyring.author(dave.device, Date.now() + 10 * HOUR)).toEqual({ known: true });
  keyring.add((await now.certify(dave.privateKey, 'dave', { notAfter: Date.now() + 11 * HOUR })).certificatePem);
  expect(keyring.author(dave.device, Date.now() + 10 * HOUR)).toEqual({ known: true, username: 'dave' });
});

test('a device that was revoked counts for nothing any more, and is still known', async () => {
  const dave = await now.device('dave');
  expect(keyring.counted(dave.device)).toBeUndefined();
  keyring.add(dave.certificatePem);
  expect(keyring.counted(dave.device)).toBe('dave');
  revoked.add(dave.device);
  expect([keyring.counted(dave.device), keyring.owner(dave.device)]).toEqual([undefined, 'dave']);
});

test('an authority that came back and ended again has two ends', async () => {
  for (const [ca, at] of [
    [now, 2],
    [before, 3],
  ] as const) {
    await writeFile(join(directory, 'ca.pem'), ca.pem);
    await endAuthority(directory, ended + at);
    await forgetAuthority(directory);
  }
  const formers = await formerAuthorities(directory);
  expect(formers.map(({ ca, ended: at }) => [ca === before.pem, at - ended])).toEqual([
    [true, 0],
    [false, 2],
    [true, 3],
  ]);
});

test('a file that cannot be read is named', async () => {
  await writeFile(join(directory, 'former-authorities.json'), '{"authorities": 1}');
  await expect(formerAuthorities(directory)).rejects.toThrow(/former-authorities\.json cannot be read/);
});
