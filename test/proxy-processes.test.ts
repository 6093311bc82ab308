/** `parley proxy` before two trackers as people start them; the one that is in use dies under load. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TrackerReady } from '../scripts/daemon/daemon.js';
import { Restartable } from '../scripts/daemon/restartable.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, PASSWORD, until } from './support/in-process.js';
import { projectRoot } from './support/project.js';

const daemonProgram = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LASTING = 300_000;
const WRITERS = 16;

let world: InProcess;
let first: Restartable<TrackerReady>;
let second: Restartable<TrackerReady>;
let proxy: Restartable<{ readonly url: string; readonly metrics: string }>;

beforeEach(async () => {
  world = await InProcess.create();
  [first, second] = [tracker('first'), tracker('second')];
  // Who is there before the copy is made is known to both.
  const { url } = await first.start();
  for (const name of ['alice', 'bob', 'loader']) await ask(url, '/register', { username: name, password: PASSWORD });
  await first.stop();
  await cp(world.path('first'), world.path('second'), { recursive: true });
  const urls = [(await first.start()).url, (await second.start()).url];
  proxy = new Restartable({
    ...{ name: 'proxy', program: daemonProgram },
    ports: ['--port', '--metrics-port'],
    args: () => ['proxy', '--json', ...urls.flatMap((one) => ['--backend', one])],
  });
  await proxy.start();
}, LASTING);
afterEach(async () => {
  for (const daemon of [proxy, first, second]) await daemon.stop();
  await world.close();
}, LASTING);

function tracker(name: string): Restartable<TrackerReady> {
  return new Restartable<TrackerReady>({
    ...{ name, program: daemonProgram },
    ports: ['--port'],
    args: () => [
      ...['tracker', '--json', '--data-dir', world.path(name), '--trust-proxy', 'loopback', '--registration', 'open'],
    ],
  });
}

async function ask(url: string, path: string, body?: object, token = ''): Promise<[number, Record<string, unknown>]> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers };
  const response = await fetch(url + path, init);
  return [response.status, (await response.json()) as Record<string, unknown>];
}

const connected = (peer: Peer): Promise<void> =>
  until(peer, () => peer.services.people.tracker().state === 'connected');

interface Seen {
  readonly from: number;
  readonly to: number;
  readonly status: number;
}

/** Signs in and asks in turn, without a pause, until it is told to end. */
async function load(url: string, isOver: () => boolean, seen: Seen[]): Promise<void> {
  for (let n = 0; !isOver(); n += 1) {
    const from = performance.now();
    const [status] = await (
      n % 8 === 0
        ? ask(url, '/login', { username: 'loader', password: PASSWORD })
        : ask(url, n % 2 === 0 ? '/healthz' : '/docs/json')
    ).catch(() => [0] as const);
    seen.push({ from, to: performance.now(), status });
  }
}

test(
  'no request fails but those that were under way; peers come back by themselves',
  async () => {
    const { url } = proxy.ready;
    const alice = await world.peer('alice', [url]);
    await alice.services.account.login(PASSWORD, false);
    const bob = await world.peer('bob', [url]);
    await bob.services.account.login(PASSWORD, false);
    await Promise.all([until(alice, linkedWith(alice, 'bob')), until(bob, linkedWith(bob, 'alice'))]);

    const seen: Seen[] = [];
    let over = false;
    const writers = Array.from({ length: WRITERS }, () => load(url, () => over, seen));
    const enough = async (count: number): Promise<void> => {
      const from = seen.length;
      while (seen.length < from + count) await ask(url, '/healthz');
    };
    await enough(400);
    const killed = performance.now();
    await first.kill9();
    const dead = performance.now();
    // Their sessions were made at the one that died: they sign in at the other one, with the password that is in memory.
    await Promise.all([connected(alice), connected(bob)]);
    await enough(400);
    over = true;
    await Promise.all(writers);

    const failures = seen.filter(({ status }) => status !== 200);
    expect(failures.filter(({ from, to }) => from > dead || to < killed)).toEqual([]);
    expect(failures.length).toBeLessThanOrEqual(WRITERS);
    expect(new Set(failures.map(({ status }) => status))).toEqual(new Set(failures.length > 0 ? [502] : []));

    // The first one comes back, then the second dies as well: now who has sessions of both stays signed in.
    await first.start();
    await proxy.says('a tracker is used again', LASTING);
    await second.kill9();
    // Until it has noticed, the peers seem connected.
    const noticed = [
      `parley_proxy_backend_up{backend="${first.ready.url}"} 1`,
      `parley_proxy_backend_up{backend="${second.ready.url}"} 0`,
    ];
    const metrics = async (): Promise<string[]> => (await (await fetch(proxy.ready.metrics)).text()).split('\n');
    for (let lines = await metrics(); !noticed.every((line) => lines.includes(line));) {
      await ask(url, '/healthz');
      lines = await metrics();
    }
    await Promise.all([connected(alice), connected(bob)]);
  },
  LASTING,
);

test(
  'a stop answers what is under way, and lets WebSockets go',
  async () => {
    const { url } = proxy.ready;
    const alice = await world.peer('alice', [url]);
    await alice.services.account.login(PASSWORD, false);
    await connected(alice);
    const away = until(alice, () => alice.services.people.tracker().state !== 'connected');
    const signIns = Array.from({ length: 8 }, () => ask(url, '/login', { username: 'loader', password: PASSWORD }));
    await Promise.race(signIns);
    const exit = await proxy.stop();
    expect((await Promise.all(signIns)).map(([status]) => status)).toEqual(signIns.map(() => 200));
    expect(exit).toMatchObject({ code: 0 });
    await away;
  },
  LASTING,
);
