/** What ends a device's sign-in for good: the CA's word, and nobody else's. Real trackers, and whoever sits at their address. */
import { verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { refusalBytes } from '../../protocol/device-proof.js';
import { TestTrackers, type TestTracker } from '../../tracker/testing/test-tracker.js';
import { readAuthority } from '../identity/certificate.js';
import { makeClient, type TestClient } from './test-client.js';

const PASSWORD = 'correct horse';
const trackers = new TestTrackers();
const servers: Server[] = [];
const clients: TestClient[] = [];
afterEach(async () => {
  for (const { stop } of clients.splice(0)) await stop();
  for (const server of servers.splice(0))
    await new Promise((done) => (server.closeAllConnections(), server.close(done)));
  await trackers.clean();
});

type Said = Record<string, unknown>;

/** At the address of a tracker: passes on what the real one answers, but for what `lie` says of a call. @returns its address */
async function impostor(
  real: TestTracker,
  lie: (path: string) => [status: number, said: Said] | undefined,
): Promise<string> {
  const answer = async (method: string, path: string, body: string, response: ServerResponse): Promise<void> => {
    const lied = lie(path);
    if (lied) {
      response.writeHead(lied[0], { 'content-type': 'application/json' }).end(JSON.stringify(lied[1]));
      return;
    }
    const headers = { 'content-type': 'application/json' };
    const passed = await fetch(real.url + path, { method, ...(method === 'POST' ? { body, headers } : {}) });
    response.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' });
    response.end(await passed.text());
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => void answer(request.method ?? '', request.url ?? '', body, response));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The same device, at another address: its session is not known there. */
async function client(url: string, of?: TestClient): Promise<TestClient> {
  const identity = of?.identity;
  const made: TestClient = await makeClient([url], 'alice', {
    ...(identity ? { identity, device: identity.device } : {}),
    hasPin: () => true,
    key: {
      isUsable: () => !made.isEnded,
      certificate: () => (identity ?? made.identity).certificatePem,
      sign: (bytes) => (identity ?? made.identity).sign(bytes),
      isOfCa: (bytes, sig) => {
        const { authority } = identity ?? made.identity;
        return authority !== undefined && verify(null, bytes, authority.publicKey, Buffer.from(sig, 'base64url'));
      },
    },
  });
  clients.push(made);
  return made;
}

async function certifiedAt(real: TestTracker): Promise<TestClient> {
  const alice = await client(real.url);
  await alice.client.login(PASSWORD, true);
  await alice.state('connected');
  while (alice.issued.length === 0) await alice.state('connected');
  await alice.client.stop();
  return alice;
}

const failed = (code: string, more: Said = {}): Said => ({ status: 'failed', code, message: 'No.', ...more });
const unknownSession = (path: string): [number, Said] | undefined =>
  path.endsWith('/submit-info') ? [401, failed('not_signed_in')] : undefined;

test('an unsigned refusal, or one with a signature of somebody else, is a failure: the session and the key stay', async () => {
  const real = await trackers.start();
  const alice = await certifiedAt(real);
  for (const [status, said] of [
    [401, failed('device_signed_out')],
    [403, failed('device_revoked')],
    [401, failed('device_signed_out', { sig: 'A'.repeat(86) })],
  ] as const) {
    let asked = 0;
    const url = await impostor(real, (path) => {
      if (!path.endsWith('/session')) return unknownSession(path);
      asked += 1;
      return [status, said];
    });
    const there = await client(url, alice);
    there.token = alice.token;
    there.client.start();
    await there.views.until(() => asked >= 2);
    expect([there.isEnded, there.token]).toEqual([false, alice.token]);
    await there.client.stop();
  }
});

test('a refusal instead of a challenge, with whatever signature, is a failure as well', async () => {
  const real = await trackers.start();
  const alice = await certifiedAt(real);
  let asked = 0;
  const url = await impostor(real, (path) => {
    if (!path.endsWith('/session/challenge')) return unknownSession(path);
    asked += 1;
    return [403, failed('device_revoked', { sig: 'A'.repeat(86) })];
  });
  const there = await client(url, alice);
  there.token = alice.token;
  there.client.start();
  await there.views.until(() => asked >= 2);
  expect([there.isEnded, there.token]).toEqual([false, alice.token]);
});

test('a refusal that the CA has signed counts, also through somebody else: a person has to come', async () => {
  const real = await trackers.start();
  const alice = await certifiedAt(real);
  await real.post('/logout', {}, { authorization: `Bearer ${String(alice.token)}` });
  const there = await client(await impostor(real, unknownSession), alice);
  there.token = alice.token;
  there.client.start();
  await there.state('signed_out');
  expect([there.isEnded, there.token]).toEqual([true, undefined]);
});

test('one of another device, another challenge or another code does not', async () => {
  const real = await trackers.start();
  const alice = await certifiedAt(real);
  const ca = readAuthority(String((await real.fetch('/ca')).body['text'])).publicKey;
  await real.post('/logout', {}, { authorization: `Bearer ${String(alice.token)}` });
  // What the real tracker once said, said again for another challenge.
  const challenge = String((await real.post('/session/challenge', { device: alice.device })).body['challenge']);
  const sig = alice.identity.sign(Buffer.from(`parley/session/1\n${challenge}`)).toString('base64url');
  const { body } = await real.post('/session', { device: alice.device, challenge, sig });
  expect(
    verify(
      null,
      refusalBytes('device_signed_out', alice.device, challenge),
      ca,
      Buffer.from(String(body['sig']), 'base64url'),
    ),
  ).toBe(true);
  let asked = 0;
  const replayed = await impostor(real, (path) => {
    if (!path.endsWith('/session')) return unknownSession(path);
    asked += 1;
    return [401, body];
  });
  const there = await client(replayed, alice);
  there.token = alice.token;
  there.client.start();
  await there.views.until(() => asked >= 2);
  expect([there.isEnded, there.token]).toEqual([false, alice.token]);
});
