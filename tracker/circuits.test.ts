import { afterEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { CIRCUIT_FRAME_MAX, CIRCUIT_PROTOCOL } from '../protocol/circuit.js';
import { ask, circuit, circuitsOpen, party, Side, tickets } from './testing/circuit.js';
import { refusal } from './testing/events-socket.js';
import { talk } from './testing/raw.js';
import { expectFailure, TestTrackers, type TestTracker } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterEach(() => trackers.clean());

async function two(settings: Parameters<TestTrackers['start']>[0] = {}) {
  const at = await trackers.start(settings);
  return { at, alice: await party(at, 'alice'), bob: await party(at, 'bob') };
}

const bearer = (ticket: string): Record<string, string> => ({
  authorization: `Bearer ${ticket}`,
  'sec-websocket-protocol': CIRCUIT_PROTOCOL,
});

describe('POST /circuits', () => {
  test('gives a ticket, and tells the other device who asks', async () => {
    const { alice, bob } = await two();
    const { status, body } = await ask(alice, bob);
    expect([status, body]).toEqual([
      200,
      {
        ...{ status: 'success', circuit: expect.stringMatching(/^[\w-]{22}$/), relay: '/circuit' },
        ...{ ticket: expect.any(String), expires: expect.any(String) },
      },
    ]);
    const { circuit: id, relay, expires } = body;
    const told = await bob.events.until((message) => message.type === 'circuit');
    const from = { username: 'alice', device: alice.device };
    expect(told).toEqual({ type: 'circuit', circuit: id, relay, expires, from, ticket: expect.any(String) });
    expect((told as { ticket: string }).ticket).not.toBe(body['ticket']);
    expect(alice.events.heard.filter(({ type }) => type === 'circuit')).toEqual([]);
  });

  test('is refused for devices of others, unknown ones, revoked ones, oneself, and who is not connected', async () => {
    const { at, alice, bob } = await two();
    const carol = await party(at, 'carol');
    const post = (device: string, to: string) => alice.user.post('/circuits', { device, to });
    expectFailure(await at.post('/circuits', { device: alice.device, to: bob.device }), 401, 'not_signed_in');
    expectFailure(await post(bob.device, alice.device), 409, 'device_taken');
    expectFailure(await post('x'.repeat(22), bob.device), 403, 'forbidden');
    expectFailure(await post(alice.device, alice.device), 400, 'bad_request');
    expectFailure(await post(alice.device, 'y'.repeat(22)), 404, 'not_online');
    expectFailure(await post(alice.device, 'short'), 400, 'bad_request');
    await bob.events.close();
    expectFailure(await post(alice.device, bob.device), 404, 'not_online');
    await carol.user.post(`/devices/${carol.device}/revoke`, {});
    expect((await post(alice.device, carol.device)).status).toBeGreaterThanOrEqual(403);
    expectFailure(
      await carol.user.post('/circuits', { device: carol.device, to: alice.device }),
      403,
      'device_revoked',
    );
  });

  test('10,000 at once: those of a minute are answered, the rest is told to wait, and nothing is kept', async () => {
    const { at, alice, bob } = await two({ limits: { requestsPerAddress: 100_000 } });
    const body = JSON.stringify({ device: alice.device, to: bob.device });
    const headers = [`Host: 127.0.0.1`, `Authorization: Bearer ${alice.user.token}`, 'Content-Type: application/json'];
    const one = (more: string) =>
      `POST /circuits HTTP/1.1\r\n${headers.join('\r\n')}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await talk(at.tracker.port, one('').repeat(9_999), one('Connection: close\r\n'));
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    const count = (status: string) => statuses.filter((other) => other === status).length;
    expect([count('200'), count('429')]).toEqual([60, 9_940]);
    expect(await circuitsOpen(at)).toBe(0);
  });
});

describe('GET /circuit', () => {
  test('each side gets what the other sends, in order, and nothing before both are there', async () => {
    const { at, alice, bob } = await two();
    const [mine, theirs] = await tickets(alice, bob);
    const one = await Side.open(at, mine);
    const other = await Side.open(at, theirs);
    await Promise.all([one.joined, other.joined]);
    const [there, back] = [randomBytes(1_000_000), randomBytes(300_000)];
    for (let at = 0; at < there.length; at += CIRCUIT_FRAME_MAX)
      one.socket.send(there.subarray(at, at + CIRCUIT_FRAME_MAX));
    for (let at = 0; at < back.length; at += 1_000) other.socket.send(back.subarray(at, at + 1_000));
    expect((await other.until(there.length)).equals(there)).toBe(true);
    expect((await one.until(back.length)).equals(back)).toBe(true);
    one.socket.close();
    expect(await other.closed).toBe(1001);
  });

  test('takes no ticket that is forged, of another circuit, over, used, or none', async () => {
    const { at, alice, bob } = await two();
    const [mine, theirs] = await tickets(alice, bob);
    const refused = async (ticket: string): Promise<void> => {
      const [status, body] = await refusal(`${at.url}/circuit`, bearer(ticket));
      expect([status, (body as { code: string }).code]).toEqual([401, 'bad_ticket']);
    };
    const [body = '', sig = ''] = mine.split('.');
    const said = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, string>;
    const again = (facts: object): string => Buffer.from(JSON.stringify(facts)).toString('base64url');
    for (const wrong of [
      ...['', 'x', '.', `${body}.`, `.${sig}`, `${body}.${sig}.${sig}`, `${body}=.${sig}`, 'é'.repeat(9_000)],
      ...[`${body}.${theirs.split('.')[1] ?? ''}`, `${again({ ...said, device: bob.device })}.${sig}`],
      ...[
        `${again({ ...said, expires: '2999-01-01T00:00:00.000Z' })}.${sig}`,
        `${again([])}.${sig}`,
        `${again({})}.${sig}`,
      ],
      `${Buffer.from('not json').toString('base64url')}.${sig}`,
    ]) {
      await refused(wrong);
    }
    const one = await Side.open(at, mine);
    await refused(mine);
    await Side.open(at, theirs);
    await one.joined;
    await refused(mine);
    await refused(theirs);
    // Also of a tracker with another CA.
    const elsewhere = await two();
    const [foreign] = await tickets(elsewhere.alice, elsewhere.bob);
    await refused(foreign);
  });

  test('a WebSocket that does not open uses no ticket up', async () => {
    const { at, alice, bob } = await two();
    const [mine, theirs] = await tickets(alice, bob);
    const plain = await at.fetch('/circuit', { headers: { authorization: `Bearer ${mine}` } });
    expect(plain.status).toBe(404);
    const foreign = await refusal(`${at.url}/circuit`, { ...bearer(mine), origin: 'https://evil.example' });
    expect(foreign[0]).toBe(403);
    const [unnamed] = await refusal(`${at.url}/circuit`, { authorization: `Bearer ${mine}` });
    expect(unnamed).toBe(400);
    const [one, other] = [await Side.open(at, mine), await Side.open(at, theirs)];
    await Promise.all([one.joined, other.joined]);
  });

  test('whoever breaks the rules is closed, and the other is told that it went', async () => {
    const { alice, bob } = await two();
    for (const [broken, code] of [
      ['text', 1008],
      [Buffer.alloc(CIRCUIT_FRAME_MAX + 1), 1009],
    ] as const) {
      const [one, other] = await circuit(alice, bob);
      one.socket.send(broken);
      expect([await one.closed, await other.closed]).toEqual([code, 1001]);
    }
    const [mine, theirs] = await tickets(alice, bob);
    const early = await Side.open(alice.user.at, mine);
    early.socket.send(Buffer.from('too early'));
    expect(await early.closed).toBe(1008);
    expect(await (await Side.open(alice.user.at, theirs)).closed).toBe(1001);
  });

  test('who is refused and does not close is let go: the tracker stops without waiting for them', async () => {
    const at = await trackers.start();
    const strangers = Array.from({ length: 50 }, () => {
      const socket = connect({ port: at.tracker.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => undefined).resume();
      socket.write('GET /circuit HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      return socket;
    });
    await Promise.all(strangers.map((socket) => once(socket, 'end')));
    await at.tracker.close();
    expect(strangers.every((socket) => socket.writable)).toBe(true);
    for (const socket of strangers) socket.destroy();
  });

  test('an account has so many circuits, all together so many; each end makes room', async () => {
    const { at, alice, bob } = await limited({ circuits: 3, circuitsPerAccount: 2 });
    const first = await circuit(alice, bob);
    const second = await circuit(alice, bob);
    expectFailure(await ask(alice, bob), 503, 'relay_full');
    await circuit(bob, alice);
    expectFailure(await ask(bob, alice), 503, 'relay_full');
    first[0].socket.close();
    await first[1].closed;
    await circuit(bob, alice);
    expect(await circuitsOpen(at)).toBe(3);
    second[0].socket.terminate();
    expect(await second[1].closed).toBe(1001);
  });

  test('a relay that is off says so, and its path is not there', async () => {
    const { at, alice, bob } = await limited({ enabled: false });
    expectFailure(await ask(alice, bob), 503, 'relay_off');
    expect((await refusal(`${at.url}/circuit`, bearer('x')))[0]).toBe(404);
  });

  test('a stop closes the circuits and says that it is the relay', async () => {
    const { at, alice, bob } = await two();
    const [one, other] = await circuit(alice, bob);
    const closing = at.tracker.close();
    expect([await one.closed, await other.closed]).toEqual([1013, 1013]);
    await closing;
  });
});

async function limited(relay: Record<string, unknown>): Promise<{ at: TestTracker } & Awaited<ReturnType<typeof two>>> {
  const dataDir = await trackers.directory();
  await writeFile(`${dataDir}/settings.json`, JSON.stringify({ relay }));
  return two({ dataDir });
}
