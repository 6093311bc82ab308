/** The doctor on real peers, a real tracker, and what may stand between them or in its place. Never a false alarm; one cause named. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diagnose } from '../peer/doctor/doctor.js';
import { diagnoseFiles } from '../peer/doctor/files.js';
import type { Examined, Patient } from '../peer/doctor/patient.js';
import type { Peer } from '../peer/peer.js';
import { systemInterfaces } from '../peer/reach/network.js';
import { freePort } from '../peer/reach/reflect.js';
import type { DoctorProgress, DoctorReport } from '../protocol/doctor.js';
import type { CheckCode } from '../protocol/reach.js';
import { TestTrackers, type TestTracker, type TestUser } from '../tracker/testing/test-tracker.js';
import { InProcess, until } from './support/in-process.js';
import { ownAddress } from './support/own-address.js';
import { TempDir } from './support/temp-dir.js';

const lasting = 60_000;
const host = ownAddress();
const trackers = new TestTrackers();
const dir = new TempDir();
const servers = new Set<Server>();
const sockets = new Set<Socket>();
let world: InProcess;
let at: TestTracker;
let alice: TestUser;

beforeEach(async () => {
  world = await InProcess.create();
  at = await trackers.start({ host, registration: 'open' });
  alice = await at.register('alice');
}, lasting);
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.clear();
  await world.close();
  await trackers.clean();
  await dir.remove();
}, lasting);

const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

/** Alice, who is reached by everybody; with what a test wants to be otherwise. */
function patient(more: Partial<Patient> = {}): Patient {
  return {
    ...{ tracker: at.url, trackerCa: undefined, pin: undefined, token: alice.token },
    ...{ maySignIn: false, isRevoked: false },
    ...{ interfaces: systemInterfaces, now: () => Date.now(), p2p: { host, port: 9101 }, reach: async () => open },
    ...more,
  };
}

const seen = { host: '203.0.113.5', port: 1, localPort: 1, isSteady: true };
const mapping = { state: 'unanswered' } as const;
const open: Examined = { seen, checked: undefined, reach: 'open', mapping };
const shut = (code: CheckCode, more: Partial<Examined['seen']> = {}): Partial<Patient> => ({
  reach: async () => ({
    seen: { ...seen, ...more },
    checked: { status: 'success', host: more.host ?? seen.host, results: [{ port: 9101, open: false, code, ms: 1 }] },
    reach: 'behind',
    mapping,
  }),
});

const look = (more: Partial<Patient> = {}): Promise<DoctorReport> =>
  diagnose(patient(more), { timers, steady: () => performance.now() });
const faults = async (more: Partial<Patient> = {}) => (await look(more)).faults;

async function listening(server: Server): Promise<string> {
  servers.add(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** Before the tracker: `up` and `down` may change what passes; nothing passes of what they make nothing of. */
function between(
  up: (bytes: Buffer) => Buffer | undefined,
  down: (bytes: Buffer) => Buffer | undefined,
): Promise<string> {
  const hand = (from: Socket, to: Socket, change: (bytes: Buffer) => Buffer | undefined): void => {
    let isLost = false;
    from.on('data', (bytes: Buffer) => {
      const changed = change(bytes);
      isLost ||= changed === undefined;
      // What is lost is sent again and again, and nothing comes after it.
      if (changed && !isLost) to.write(changed);
    });
    from.on('close', () => void (isLost || to.destroy()));
  };
  const server = createServer((client) => {
    const tracker = connect({ host, port: at.tracker.port });
    sockets.add(tracker);
    tracker.on('error', () => undefined);
    hand(client, tracker, up);
    hand(tracker, client, down);
  });
  return listening(server);
}
const asIs = (bytes: Buffer): Buffer => bytes;

describe('a real peer', () => {
  let bob: Peer;
  beforeEach(async () => {
    bob = await world.signedIn('bob', [at.url], { host });
    await until(bob, () => bob.services.people.tracker().state === 'connected');
  }, lasting);
  const examine = (user?: string): Promise<DoctorReport> => bob.services.reach.examine(user);

  test(
    'of whom everything works is told nothing wrong, again and again',
    async () => {
      for (let round = 0; round < 10; round += 1) {
        const { faults: found, checks } = await examine();
        expect([round, found, checks.filter(({ state }) => state !== 'ok')]).toEqual([round, [], []]);
      }
    },
    lasting,
  );

  test(
    'whose session was ended, or whose tracker has gone; asked about somebody who is unknown, or away',
    async () => {
      const told: DoctorProgress[] = [];
      bob.services.events.on('doctor', (progress) => void told.push(progress));
      const { faults: found, checks } = await examine('nobody');
      expect(found).toEqual(['they_are_unknown']);
      // How far it is was told meanwhile; last how all of it stands.
      expect(told[0]).toEqual({
        user: 'nobody',
        checks: expect.arrayContaining([{ check: 'person', state: 'waiting' }]),
      });
      expect(told.at(-1)).toEqual({ user: 'nobody', checks });
      const closed = at.tracker.close();
      expect((await examine()).faults).toEqual(['tracker_down']);
      await closed;
    },
    lasting,
  );
});

describe('the tracker', () => {
  test('is there, and nothing is wrong', async () => {
    expect(await look()).toMatchObject({ faults: [], checks: expect.not.arrayContaining([{ state: 'skipped' }]) });
  });

  test('does not run, or hangs: what follows from it is not told as well', async () => {
    const { faults: found, checks } = await look({ tracker: `http://${host}:${await freePort()}` });
    expect(found).toEqual(['tracker_down']);
    expect(checks.filter(({ state }) => state === 'skipped').map(({ check }) => check)).toContain('live events');
    expect(await faults({ tracker: await listening(createServer()) })).toEqual(['tracker_silent']);
  });

  test('is where no way leads', async () => {
    const { checks } = await look({ tracker: 'http://255.255.255.255:8001' });
    expect(checks.find(({ state }) => state === 'fault')).toMatchObject({ check: 'names', code: 'no_route' });
  });

  test('is something else, or a network that wants a sign-in', async () => {
    const hello = http.createServer((_request, response) => response.end('hello'));
    expect(await faults({ tracker: await listening(hello) })).toEqual(['not_a_tracker']);
    const endless = http.createServer((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.once('close', () => clearInterval(timer));
    });
    expect(await faults({ tracker: await listening(endless) })).toEqual(['not_a_tracker']);
    const portal = http.createServer((_request, response) =>
      response.writeHead(302, { location: 'http://portal.example/sign-in' }).end(),
    );
    expect(await faults({ tracker: await listening(portal) })).toEqual(['portal']);
    const noise = createServer((socket) => void socket.end('nothing that is HTTP\r\n\r\n'));
    expect(await faults({ tracker: await listening(noise) })).toEqual(['not_a_tracker']);
  });

  test('speaks http where https is meant', async () => {
    expect(await faults({ tracker: at.url.replace('http:', 'https:') })).toEqual(['tracker_tls']);
  });

  test('has another CA than the known one', async () => {
    expect(await faults({ pin: 'a'.repeat(43) })).toEqual(['ca_changed']);
  });

  test('shows another time', async () => {
    for (const hours of [-1, 1]) {
      const { faults: found, checks } = await look({ now: () => Date.now() + hours * 3600_000 });
      expect(found).toEqual(['clock_wrong']);
      expect(checks.find(({ code }) => code === 'clock_wrong')?.args).toEqual({ minutes: 60 });
    }
    expect(await faults({ now: () => Date.now() + 30_000 })).toEqual([]);
  });

  test('does not know the session; or this device was revoked', async () => {
    expect(await faults({ token: undefined })).toEqual(['signed_out']);
    await alice.post('/logout', {});
    expect(await faults()).toEqual(['signed_out']);
    expect(await faults({ isRevoked: true })).toEqual(['device_revoked']);
    for (const refused of ['account_disabled', 'account_pending'] as const) {
      expect(await faults({ refused })).toEqual([refused]);
    }
  });

  test('has no session of a device whose daemon does not run, and will get one by its key: that is no fault', async () => {
    const dataDir = await dir.sub('files');
    const found = async (secrets: object): Promise<readonly string[]> => {
      await writeFile(join(dataDir, 'secrets.json'), JSON.stringify(secrets));
      return (await diagnoseFiles({ dataDir, trackers: [at.url] })).faults;
    };
    const over = { trackerToken: 't'.repeat(43) };
    expect(await found({})).toEqual(['not_running']);
    expect(await found(over)).toEqual(['not_running']);
    expect(await found({ trackerToken: alice.token })).toEqual(['not_running']);
    expect(await found({ signedOut: true })).toEqual(['signed_out', 'not_running']);
    expect(await found({ ...over, signedOut: true })).toEqual(['signed_out', 'not_running']);
  });

  test('is behind a proxy that lets no WebSocket through, or loses what is large', async () => {
    const stripped = await between(
      (bytes) => Buffer.from(bytes.toString('latin1').replace(/^upgrade:.*\r\n/im, ''), 'latin1'),
      asIs,
    );
    expect(await faults({ tracker: stripped })).toEqual(['events_blocked']);
    const small = (bytes: Buffer): Buffer | undefined => (bytes.length > 900 ? undefined : bytes);
    expect(await faults({ tracker: await between(small, small) })).toEqual(['big_packets_lost']);
    expect(await faults({ tracker: await between(asIs, small) })).toEqual(['big_packets_lost']);
  });
});

/** A tracker by its first answer; what it says of its CA and its documentation is the test's. */
function alike(rest: http.RequestListener): Promise<string> {
  const server = http.createServer((request, response) => {
    if (request.url !== '/get-list') return rest(request, response);
    response.writeHead(401).end(JSON.stringify({ status: 'failed', code: 'not_signed_in', message: 'Sign in first.' }));
  });
  return listening(server);
}

describe('a tracker that is slow or busy', () => {
  test('large packets that come, however slowly, are not lost', async () => {
    const slow = await alike((request, response) => {
      // Its end does not come in time.
      if (request.url === '/docs/json') response.write('x'.repeat(8_192));
      else response.writeHead(503).end();
    });
    const { faults: found, checks } = await look({ tracker: slow });
    expect(found).toEqual([]);
    expect(checks).toContainEqual({ check: 'large packets', state: 'ok' });
  });

  test('is a tracker still; one that says something else of its CA is none', async () => {
    const saying = (status: number) =>
      alike((request, response) => response.writeHead(request.url === '/ca' ? status : 200).end());
    for (const status of [429, 500, 502, 503]) {
      expect([status, await faults({ tracker: await saying(status) })]).toEqual([status, []]);
    }
    for (const status of [200, 404]) expect(await faults({ tracker: await saying(status) })).toEqual(['not_a_tracker']);
  });
});

describe('others', () => {
  test('cannot dial this device: which of all reasons it is', async () => {
    expect(await faults(shut('silent', { host }))).toEqual(['firewall_here']);
    expect(await faults(shut('unreachable', { host }))).toEqual(['firewall_here']);
    expect(await faults(shut('refused', { host }))).toEqual(['firewall_here']);
    expect(await faults(shut('silent'))).toEqual(['nat_no_mapping']);
    expect(await faults(shut('refused'))).toEqual(['nat_no_mapping']);
    expect(await faults(shut('another_device'))).toEqual(['wrong_forward']);
    expect(await faults(shut('not_a_peer'))).toEqual(['wrong_forward']);
    expect(await faults(shut('silent', { isSteady: false }))).toEqual(['hard_nat']);
    expect(await faults({ p2p: { host: '127.0.0.1', port: 9101 } })).toEqual(['loopback_only']);
    expect(await faults({ p2p: undefined })).toEqual(['not_running']);
  });

  test('a peer that hangs is told from one that is slow, and from one that does not run', async () => {
    const never = new Promise(() => undefined);
    expect(await faults({ p2p: undefined, answers: never })).toEqual(['peer_hangs']);
    expect(await faults({ p2p: undefined, answers: Promise.resolve() })).toEqual([]);
    expect(await faults({ p2p: undefined, answers: Promise.reject(new Error('gone')) })).toEqual([]);
  });

  test('whatever hangs or breaks, it ends, and blames nobody for what it could not see', async () => {
    const never = new Promise<Examined>(() => undefined);
    const { faults: found, checks } = await diagnose(patient({ reach: () => never }), {
      timers,
      steady: () => performance.now(),
      limitMs: 2_000,
    });
    expect(found).toEqual([]);
    expect(checks.find(({ check }) => check === 'reach')).toEqual({ check: 'reach', state: 'skipped' });
    expect(await faults({ reach: () => Promise.reject(new Error('broken')) })).toEqual([]);
  });
});
