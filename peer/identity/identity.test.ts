import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { createHash, createPublicKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUsername, type Username } from '../../protocol/ids.js';
import { RECEIPT_LOGS_MAX } from '../../protocol/receipt-messages.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { CertificateReader } from './certificate-reader.js';
import { coversTime, readAuthority, readDeviceCertificate } from './certificate.js';
import { Identity } from './identity.js';
import { TestCa } from './test-ca.js';

const DAY = 24 * 3600_000;
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

function user(name: string): Username {
  const parsed = parseUsername(name);
  if (!parsed) throw new Error('bug: not a name');
  return parsed;
}

let root: TempDir;
let ca: TestCa;
let otherCa: TestCa;
beforeAll(async () => {
  root = new TempDir();
  ca = await TestCa.create();
  otherCa = await TestCa.create();
});
afterAll(() => root.remove());

const fresh = (): Promise<string> => root.sub('peer');
const issue = async (
  identity: Identity,
  by: TestCa,
  commonName = 'alice',
): Promise<{ certificate: string; ca: string }> => ({
  certificate: await by.issue(createPublicKey(identity.privateKey), { commonName }),
  ca: by.pem,
});

describe('identity', () => {
  test('one key, made once, for its owner alone', async () => {
    const directory = join(await fresh(), 'deeper');
    const first = await Identity.open({ directory, username: user('alice') });
    const again = await Identity.open({ directory, username: user('alice') });
    expect(again.device).toBe(first.device);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'device-key.pem'))).mode & 0o777).toBe(0o600);
    const spki = createPublicKey(first.privateKey).export({ type: 'spki', format: 'der' });
    expect(first.device).toBe(createHash('sha256').update(spki).digest().subarray(0, 16).toString('base64url'));
    expect(verify(null, Buffer.from('x'), createPublicKey(first.privateKey), again.sign(Buffer.from('x')))).toBe(true);
  });

  test('its request names the user and proves the key', async () => {
    const identity = await Identity.open({ directory: await fresh(), username: user('Al-ice_9') });
    const request = new x509.Pkcs10CertificateRequest(await identity.csr());
    expect(request.subject).toBe('CN=Al-ice_9');
    expect(await request.verify()).toBe(true);
    expect(Buffer.from(request.publicKey.rawData)).toEqual(
      createPublicKey(identity.privateKey).export({ type: 'spki', format: 'der' }),
    );
  });

  test('keeps its certificate and the CA over a restart, and renews at half-life', async () => {
    const directory = await fresh();
    const identity = await Identity.open({ directory, username: user('ALICE') });
    expect(identity.needsRenewal(Date.now())).toBe(true);
    expect(identity.certificatePem).toBeUndefined();
    await identity.keep(await issue(identity, ca));
    const again = await Identity.open({ directory, username: user('ALICE') });
    expect(again.username).toBe('alice');
    expect(again.certificatePem).toBe(identity.certificatePem);
    expect(new X509Certificate(again.caPem ?? '').fingerprint256).toBe(new X509Certificate(ca.pem).fingerprint256);
    expect(again.needsRenewal(Date.now())).toBe(false);
    expect(again.needsRenewal(Date.now() + 14 * DAY)).toBe(false);
    expect(again.needsRenewal(Date.now() + 15 * DAY)).toBe(true);
  });

  test('belongs to one user', async () => {
    const directory = await fresh();
    const identity = await Identity.open({ directory, username: user('alice') });
    await identity.keep(await issue(identity, ca));
    await expect(Identity.open({ directory, username: user('bob') })).rejects.toEqual(code('device_taken'));
    await expect(identity.keep(await issue(identity, ca, 'bob'))).rejects.toEqual(code('device_taken'));
  });

  test('renews a certificate that has not begun, and keeps a good one where the tracker gives one that is over', async () => {
    const identity = await Identity.open({ directory: await fresh(), username: user('alice') });
    const now = Date.now();
    const key = createPublicKey(identity.privateKey);
    const given = async (from: number): Promise<{ certificate: string; ca: string }> => ({
      certificate: await ca.issue(key, {
        commonName: 'alice',
        notBefore: now + from * DAY,
        notAfter: now + (from + 31) * DAY,
      }),
      ca: ca.pem,
    });
    await identity.keep(await given(2), now);
    expect([0, 1, 3, 17, 18].map((days) => identity.needsRenewal(now + days * DAY))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    await identity.keep(await given(-1), now);
    expect(identity.needsRenewal(now)).toBe(false);
    const good = identity.certificatePem;
    await identity.keep(await given(-40), now);
    expect(identity.certificatePem).toBe(good);
  });

  test('another CA is another tracker', async () => {
    const directory = await fresh();
    const identity = await Identity.open({ directory, username: user('alice') });
    await identity.keep(await issue(identity, ca));
    const before = identity.certificatePem;
    await expect(identity.keep(await issue(identity, otherCa))).rejects.toEqual(code('certificate_unknown'));
    expect(identity.certificatePem).toBe(before);
  });

  test('a stop between the two files costs a certificate, not the pin nor the start', async () => {
    const directory = await fresh();
    const identity = await Identity.open({ directory, username: user('alice') });
    await identity.keep(await issue(identity, ca));
    await writeFile(join(directory, 'ca.pem'), otherCa.pem);
    const again = await Identity.open({ directory, username: user('alice') });
    expect(again.certificate).toBeUndefined();
    expect(again.authority?.certificate.fingerprint256).toBe(otherCa.authority.certificate.fingerprint256);
  });

  test('a broken key says which file, and is left alone', async () => {
    const directory = await fresh();
    const path = join(directory, 'device-key.pem');
    await writeFile(path, 'nonsense');
    await expect(Identity.open({ directory, username: user('alice') })).rejects.toThrow(
      /device-key\.pem is not an Ed25519 key/,
    );
    expect(await readFile(path, 'utf8')).toBe('nonsense');
  });

  test('refuses a certificate for another device', async () => {
    const identity = await Identity.open({ directory: await fresh(), username: user('alice') });
    const other = await ca.device('alice');
    await expect(identity.keep({ certificate: other.certificatePem, ca: ca.pem })).rejects.toEqual(
      code('certificate_unknown'),
    );
  });
});

describe('device certificates', () => {
  const key = generateKeyPairSync('ed25519').publicKey;

  test('facts, from PEM and from DER', async () => {
    const [notBefore, notAfter] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 31)];
    const pem = await ca.issue(key, { commonName: 'Bob', notBefore, notAfter });
    const facts = readDeviceCertificate(pem, ca.authority);
    expect(facts).toMatchObject({ username: 'Bob', notBefore, notAfter });
    expect(facts.publicKey.equals(key)).toBe(true);
    expect(readDeviceCertificate(new X509Certificate(pem).raw, ca.authority)).toEqual(facts);
    expect(readDeviceCertificate(`noise\n${pem}\nnoise`, ca.authority).pem).toBe(facts.pem);
    expect([notBefore - 1, notBefore, notAfter, notAfter + 1].map((at) => coversTime(facts, at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test.each<[string, RegExp, () => Promise<string | Uint8Array>]>([
    ['another CA of the same name', /not from the tracker/, () => otherCa.issue(key)],
    [
      'one issued by a device',
      /not from the tracker/,
      async () => {
        const device = await ca.device('mallory');
        const keys = { privateKey: device.privateKey };
        const signer = await crypto.subtle.importKey(
          'pkcs8',
          keys.privateKey.export({ type: 'pkcs8', format: 'der' }),
          'Ed25519',
          false,
          ['sign'],
        );
        const forged = await x509.X509CertificateGenerator.create({
          serialNumber: '09',
          subject: 'CN=alice',
          issuer: 'CN=mallory',
          publicKey: new x509.PublicKey(key.export({ type: 'spki', format: 'der' })),
          signingKey: signer,
          signingAlgorithm: { name: 'Ed25519' },
        });
        return forged.toString('pem');
      },
    ],
    ['a name that is none', /does not name a user/, () => ca.issue(key, { commonName: 'a b' })],
    ['a name with a comma', /does not name a user/, () => ca.issue(key, { commonName: 'alice, CN=bob' })],
    ['no SAN', /does not name the device/, () => ca.issue(key, { san: null })],
    [
      'the device of another key',
      /does not name the device/,
      () => ca.issue(key, { san: `parley:device:${'A'.repeat(22)}` }),
    ],
    ['a CA for a device', /does not certify others/, () => ca.issue(key, { ca: true })],
    [
      'a key of another kind',
      /not Ed25519/,
      () => ca.issue(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
    ],
    [
      'no certificate',
      /cannot be read/,
      () => Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
    ],
    ['nothing', /cannot be read/, () => Promise.resolve('')],
    ['a flood', /too large/, () => Promise.resolve('x'.repeat(9000))],
  ])('refused: %s', async (_, reason, make) => {
    const text = await make();
    expect(() => readDeviceCertificate(text, ca.authority)).toThrow(code('certificate_unknown'));
    expect(() => readDeviceCertificate(text, ca.authority)).toThrow(reason);
  });

  test('any changed byte is refused', async () => {
    const der = new X509Certificate(await ca.issue(key)).raw;
    for (let at = 0; at < der.length; at++) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      expect(() => readDeviceCertificate(changed, ca.authority)).toThrow(code('certificate_unknown'));
    }
  });

  test('a device certificate is no authority', async () => {
    const pem = await ca.issue(key);
    expect(() => readAuthority(pem)).toThrow(code('certificate_unknown'));
  });

  test('a reader reads each once, and forgets the oldest', async () => {
    const reader = new CertificateReader(ca.authority, 2);
    const [a, b, c] = [await ca.issue(key), await ca.issue(key), await ca.issue(key)];
    const first = reader.read(a);
    expect(reader.read(a)).toBe(first);
    reader.read(b);
    reader.read(a);
    reader.read(c);
    expect(reader.read(a)).toBe(first);
    expect(() => reader.read('nonsense')).toThrow(code('certificate_unknown'));
  });

  test('a reader reads those of a large channel once, however often they come', async () => {
    const [reader, pem] = [new CertificateReader(ca.authority), await ca.issue(key)];
    const pems = Array.from({ length: RECEIPT_LOGS_MAX }, (_, i) => `${i}\n${pem}`);
    const first = pems.map((one) => reader.read(one));
    const again = pems.filter((one, i) => reader.read(one) !== first[i]);
    expect(again).toEqual([]);
  });
});
