/** The certificate of the tracker's CA (SPEC.md section 3), made with a right or a wrong clock. */
import 'reflect-metadata';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(() => trackers.clean());

describe('the certificate of the CA', () => {
  const DAY = 24 * 3600_000;
  const span = (pem: string) => {
    const { validFrom, validTo } = new X509Certificate(pem);
    return [Date.parse(validFrom), Date.parse(validTo)];
  };

  test('is valid from 1970 to 9999, whatever the clock says when it is made', async () => {
    const [from = 0, to = 0] = span(String((await (await trackers.start()).fetch('/ca')).body['text']));
    expect(from).toBeLessThan(Date.UTC(1970, 0, 3));
    expect(to).toBeGreaterThan(Date.UTC(9999, 11, 30));
  });

  test.each([
    ['expired', -9_000 * DAY, -8_000 * DAY],
    ['not valid yet', 400 * DAY, 8_000 * DAY],
    ['of an older version, and about to expire', -7_000 * DAY, 1 * DAY],
  ])('is renewed at the start when it is %s: once, with the same key and name', async (_, from, to) => {
    const first = await trackers.start();
    await first.tracker.close();
    const [keyFile, caFile] = ['ca-key.pem', 'ca.pem'].map((name) => join(first.dataDir, name)) as [string, string];
    const keyText = await readFile(keyFile, 'utf8');
    const old = await caOf(keyText, Date.now() + from, Date.now() + to);
    await writeFile(caFile, old);

    const second = await trackers.start({ dataDir: first.dataDir });
    const told = String((await second.fetch('/ca')).body['text']);
    await second.tracker.close();
    const renewed = await readFile(caFile, 'utf8');
    expect(told).toBe(renewed);
    expect(await readFile(keyFile, 'utf8')).toBe(keyText);
    const [was, is] = [new X509Certificate(old), new X509Certificate(renewed)];
    expect(is.publicKey.equals(was.publicKey)).toBe(true);
    expect(is.subject).toBe(was.subject);
    expect(span(renewed)[0]).toBeLessThan(Date.UTC(1970, 0, 3));
    // Certificates that either of the two issued can be checked against both.
    expect(is.checkIssued(was) && was.checkIssued(is) && is.verify(was.publicKey)).toBe(true);
    await (await trackers.start({ dataDir: first.dataDir })).tracker.close();
    expect(await readFile(caFile, 'utf8')).toBe(renewed);
  });

  test('signed by another authority is not changed, and when expired is refused with a message', async () => {
    const first = await trackers.start();
    await first.tracker.close();
    const keyText = await readFile(join(first.dataDir, 'ca-key.pem'), 'utf8');
    const above = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const good = await caOf(keyText, Date.now() - DAY, Date.now() + DAY, above);
    await writeFile(join(first.dataDir, 'ca.pem'), good);
    await (await trackers.start({ dataDir: first.dataDir })).tracker.close();
    expect(await readFile(join(first.dataDir, 'ca.pem'), 'utf8')).toBe(good);
    await writeFile(join(first.dataDir, 'ca.pem'), await caOf(keyText, Date.now() - 2 * DAY, Date.now() - DAY, above));
    expect(await trackers.startError({ dataDir: first.dataDir })).toMatch(/ca\.pem is over by this machine's clock/);
    await writeFile(join(first.dataDir, 'ca.pem'), await caOf(keyText, Date.now() + DAY, Date.now() + 2 * DAY, above));
    expect(await trackers.startError({ dataDir: first.dataDir })).toMatch(
      /ca\.pem is not valid yet by this machine's clock/,
    );
  });
});

/** A CA certificate for the key (PEM), self-signed or signed by another key. */
async function caOf(keyText: string, from: number, to: number, above = keyText): Promise<string> {
  const ED25519 = { name: 'Ed25519' };
  const der = (text: string) => createPrivateKey(text).export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(createPrivateKey(keyText)).export({ type: 'spki', format: 'der' });
  const publicKey = await webcrypto.subtle.importKey('spki', spki, ED25519, true, ['verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '01',
    subject: 'CN=Parley tracker CA',
    issuer: above === keyText ? 'CN=Parley tracker CA' : 'CN=Above',
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ED25519,
    publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', der(above), ED25519, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey, false),
    ],
  });
  return certificate.toString('pem');
}
