/** Device certificates (SPEC.md section 3), checked by node's own TLS. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, randomBytes, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { selfSign, Authority } from './authority.js';
import { CERTIFICATE_BACKDATE_MS, CERTIFICATE_LIFE_MS } from '../protocol/limits.js';
import type { Username } from '../protocol/ids.js';
import { revocationBytes, type Revocation } from '../protocol/revocation.js';
import { EventsSocket } from './testing/events-socket.js';
import { makeDevice, type TestDevice } from './testing/device.js';
import { FakeClock } from './testing/fake-clock.js';
import { expectFailure, type TestTracker, TestTrackers, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let alice: TestUser;
let bob: TestUser;
let ca: string;

beforeAll(async () => {
  tracker = await trackers.start();
  alice = await tracker.register('Alice');
  bob = await tracker.register('bob');
  ca = String((await tracker.fetch('/ca')).body['text']);
});
afterAll(() => trackers.clean());

async function certify(user: TestUser, device: TestDevice): Promise<string> {
  const answer = await user.submit({ device: device.device, csr: await device.csr(user.username) });
  expect(answer.status).toBe(200);
  return String(answer.body['certificate']);
}

interface Side {
  cert: string;
  device: TestDevice;
}

const pemOf = ({ privateKey }: TestDevice) => privateKey.export({ type: 'pkcs8', format: 'pem' });

/** Connects two devices by mutual TLS 1.3. The names that each side sees of the other, or the reason of the failure. */
async function connect(server: Side, client: Side | undefined, trusted: string): Promise<[string, string] | string> {
  const common = { ca: trusted, minVersion: 'TLSv1.3' as const, ALPNProtocols: ['parley/1'] };
  const listener = tls.createServer({
    ...common,
    cert: server.cert,
    key: pemOf(server.device),
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const failed = new Promise<string>((resolve) => {
    listener.once('tlsClientError', (error: Error & { code?: string }, refused) => {
      // Declared as an Error, but it is the code of the failed check.
      const reason: unknown = refused.authorizationError;
      resolve(typeof reason === 'string' ? reason : (error.code ?? error.message));
    });
  });
  const socket = tls.connect({
    ...common,
    host: '127.0.0.1',
    port,
    ...(client && { cert: client.cert, key: pemOf(client.device) }),
    // A peer is identified by its certificate, not by a host name.
    checkServerIdentity: () => undefined,
  });
  socket.on('error', () => {});
  const connected = once(listener, 'secureConnection').then(([accepted]: tls.TLSSocket[]): [string, string] => [
    String(accepted?.getPeerX509Certificate()?.subject),
    String(socket.getPeerX509Certificate()?.subjectAltName),
  ]);
  const result = await Promise.race([connected, failed]);
  socket.destroy();
  listener.close();
  return result;
}

describe('a device certificate', () => {
  test('contains the registered spelling of the user and the device, and is valid for thirty days', async () => {
    const device = makeDevice();
    const answer = await alice.post('/submit-info', {
      username: 'alice',
      port: 9101,
      device: device.device,
      csr: await device.csr('aLiCe'),
    });
    expect(answer.body).toMatchObject({ status: 'success', peer_id: device.device, ca });
    const certificate = new X509Certificate(String(answer.body['certificate']));
    expect(certificate.subject).toBe('CN=Alice');
    expect(certificate.subjectAltName).toBe(`URI:parley:device:${device.device}`);
    expect(certificate.checkPrivateKey(device.privateKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(ca))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
    expect(certificate.serialNumber).toMatch(/^[0-9A-F]{32}$/);
    const life = Date.parse(certificate.validTo) - Date.parse(certificate.validFrom);
    expect(life).toBe(CERTIFICATE_LIFE_MS + CERTIFICATE_BACKDATE_MS);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - CERTIFICATE_BACKDATE_MS + 60_000);
  });

  test('is accepted in mutual TLS 1.3 between two peers', async () => {
    const [one, two] = [makeDevice(), makeDevice()];
    const server = { cert: await certify(alice, one), device: one };
    const client = { cert: await certify(bob, two), device: two };
    expect(await connect(server, client, ca)).toEqual(['CN=bob', `URI:parley:device:${one.device}`]);
  });

  test('is refused when it is of another authority, missing, or expired', async () => {
    const [one, two] = [makeDevice(), makeDevice()];
    const server = { cert: await certify(alice, one), device: one };
    const foreign = await trackers.start();
    const stranger = await foreign.register('bob');
    const strange = { cert: await certify(stranger, two), device: two };
    expect(await connect(server, strange, ca)).toMatch(/UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED/);
    expect(await connect(server, undefined, ca)).toMatch(/PEER_DID_NOT_RETURN_A_CERTIFICATE/);

    const clock = new FakeClock();
    const minute = 60_000;
    clock.advance(Date.now() - clock.now() - CERTIFICATE_LIFE_MS - minute);
    const { privateKey } = generateKeyPairSync('ed25519');
    const options = { clock, randomBytes };
    const certificate = await selfSign(privateKey, options);
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const authority = await Authority.open({ key, certificate }, options);
    const name = 'alice' as Username;
    const issue = async (at: TestDevice) => authority.issue(await authority.check(await at.csr(name), name), name);
    const expired = { cert: await issue(two), device: two };
    clock.advance(60 * minute);
    const inTime = { cert: await issue(one), device: one };
    expect(await connect(inTime, expired, certificate)).toBe('CERT_HAS_EXPIRED');
    expect(await connect(inTime, { cert: await issue(two), device: two }, certificate)).toHaveLength(2);
  });

  test('is issued only for a correct request', async () => {
    const device = makeDevice();
    const csr = await device.csr('Alice');
    const another = makeDevice();
    expectFailure(await alice.submit({ device: another.device, csr }), 400, 'bad_csr');
    expectFailure(await alice.submit({ csr: await device.csr('bob') }), 400, 'bad_csr');
    expectFailure(await alice.submit({ csr: await device.csr('Alice,CN=bob') }), 400, 'bad_csr');
    expectFailure(await bob.submit({ csr }), 400, 'bad_csr');
    const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    // A change in any part is noticed: in the name, the key or the signature.
    for (const at of [20, 40, 60, der.length - 5]) {
      const broken = Buffer.from(der);
      broken.writeUInt8(broken.readUInt8(at) ^ 1, at);
      expectFailure(await alice.submit({ csr: broken.toString('base64') }), 400, 'bad_csr');
    }
    for (let cut = 1; cut < der.length; cut += 37) {
      expectFailure(await alice.submit({ csr: der.subarray(0, cut).toString('base64') }), 400, 'bad_csr');
    }
    expect((await alice.submit({ csr })).body['peer_id']).toBe(device.device);
  });

  test('is issued only for Ed25519 keys', async () => {
    const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
    const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
    const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=Alice', keys, signingAlgorithm });
    expectFailure(await alice.submit({ csr: request.toString('pem') }), 400, 'bad_csr');
  });
});

describe('devices', () => {
  test('belong to the user that they were first certified for', async () => {
    const device = makeDevice();
    await certify(alice, device);
    expectFailure(await bob.submit({ device: device.device, csr: await device.csr('bob') }), 409, 'device_taken');
    expectFailure(await bob.submit({ device: device.device }), 409, 'device_taken');
    const peers = (await bob.post('/get-list', {})).body['peers'];
    expect(peers).toContainEqual(expect.objectContaining({ username: 'Alice', device: device.device }));
  });

  test('are listed for everyone, renewed, and permanently revoked by their owner', async () => {
    const carol = await tracker.register('Carol');
    const device = makeDevice();
    const first = await certify(carol, device);
    const second = await certify(carol, device);
    expect(second).not.toBe(first);
    const listed = await bob.get('/devices?username=carol');
    const record = { device: device.device, username: 'Carol', certificate: second, revoked: false };
    expect(listed.body).toEqual({ status: 'success', devices: [{ ...record, created: expect.any(String) }] });
    const told = await EventsSocket.open(bob);
    const path = `/devices/${device.device}/revoke`;
    expectFailure(await bob.post(path, {}), 403, 'forbidden');
    expectFailure(await bob.post(`/devices/${'A'.repeat(22)}/revoke`, {}), 404, 'not_found');
    const revoked = (await carol.post(path, {})).body;
    const revocation = revoked['revocation'] as Revocation;
    expect(revoked).toEqual({ status: 'success', device: device.device, revoked: true, revocation: expect.anything() });
    const key = new X509Certificate(ca).publicKey;
    const signature = Buffer.from(revocation.sig, 'base64url');
    expect(verify(null, revocationBytes(revocation), key, signature)).toBe(true);
    expect(verify(null, revocationBytes({ ...revocation, time: new Date(0).toISOString() }), key, signature)).toBe(
      false,
    );
    expect((await carol.post(path, {})).body['revocation']).toEqual(revocation);
    expect(await told.until(({ type }) => type === 'device_revoked')).toEqual({ type: 'device_revoked', revocation });
    await told.close();
    const later = await EventsSocket.open(bob);
    expect(later.heard[0]).toMatchObject({ type: 'snapshot', revoked: [revocation] });
    await later.close();
    const peers = (await bob.post('/get-list', {})).body['peers'];
    expect(peers).not.toContainEqual(expect.objectContaining({ username: 'Carol' }));
    expectFailure(await carol.submit({ device: device.device }), 403, 'device_revoked');
    expectFailure(await carol.submit({ csr: await device.csr('Carol') }), 403, 'device_revoked');
    expect((await bob.get('/devices?username=carol')).body['devices']).toMatchObject([
      { device: device.device, revoked: true, revocation },
    ]);
    expectFailure(await bob.get('/devices?username=nobody'), 404, 'unknown_user');
    expectFailure(await bob.get('/devices?username=no%20body'), 400, 'bad_name');
  });

  test('are limited in number, and certificates in rate', async () => {
    const small = await trackers.start({ limits: { devicesPerAccount: 1, certificatesPerAccount: 3 } });
    const user = await small.register('dave');
    const device = makeDevice();
    await certify(user, device);
    expectFailure(await user.submit({ csr: await makeDevice().csr('dave') }), 403, 'forbidden');
    await certify(user, device);
    expectFailure(await user.submit({ csr: await device.csr('dave') }), 429, 'rate_limited');
  });
});
