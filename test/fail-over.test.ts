/** Two trackers with copies of one data directory, as processes that die: a known device goes on at the other one, without a password. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TrackerReady } from '../scripts/daemon/daemon.js';
import { Restartable } from '../scripts/daemon/restartable.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, PASSWORD, until } from './support/in-process.js';
import { projectRoot } from './support/project.js';

const LASTING = 180_000;

let world: InProcess;
let first: Restartable<TrackerReady>;
let second: Restartable<TrackerReady>;

function tracker(name: string): Restartable<TrackerReady> {
  return new Restartable<TrackerReady>({
    ...{ name, program: join(projectRoot, 'dist/scripts/daemon/entry.js') },
    ports: ['--port'],
    args: () => ['tracker', '--json', '--data-dir', world.path(name)],
  });
}

const view = (peer: Peer): string => {
  const { state, url } = peer.services.people.tracker();
  return state === 'connected' ? url.replace(/\/$/, '') : state;
};
const at = (peer: Peer, { ready }: Restartable<TrackerReady>): Promise<void> =>
  until(peer, () => view(peer) === ready.url);

beforeEach(async () => {
  world = await InProcess.create();
  [first, second] = [tracker('first'), tracker('second')];
  const { url } = await first.start();
  const early = await world.signedIn('alice', [url]);
  await early.close();
  await first.stop();
  await cp(world.path('first'), world.path('second'), { recursive: true });
  await Promise.all([first.start(), second.start()]);
}, LASTING);
afterEach(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await world.close();
}, LASTING);

const urls = (): string[] => [first.ready.url, second.ready.url];

test(
  'when one is killed, a peer goes on at the other one, also after a restart of its own, and nobody is asked',
  async () => {
    const alice = await world.peer('alice', urls());
    await until(alice, () => view(alice).startsWith('http'));
    const [used, other] = view(alice) === first.ready.url ? [first, second] : [second, first];
    const seen: string[] = [];
    alice.services.events.on('tracker', ({ state }) => void seen.push(state));
    const killed = performance.now();
    await used.kill9();
    await at(alice, other);
    process.stdout.write(`at the other tracker ${Math.round(performance.now() - killed)} ms after kill -9\n`);
    expect(seen).not.toContain('signed_out');
    await alice.close();

    const again = await world.peer('alice', urls());
    again.services.events.on('tracker', ({ state }) => void seen.push(state));
    await at(again, other);
    await again.close();

    // What it has now is a session of the other one: the way back needs no password either.
    await other.kill9();
    await used.start();
    const back = await world.peer('alice', urls());
    back.services.events.on('tracker', ({ state }) => void seen.push(state));
    await at(back, used);
    expect(seen).not.toContain('signed_out');
  },
  LASTING,
);

test(
  'when one is frozen, as a machine that has lost its power, its silence is noticed, and nobody is asked',
  async () => {
    const alice = await world.peer('alice', urls());
    await until(alice, () => view(alice).startsWith('http'));
    const [used, other] = view(alice) === first.ready.url ? [first, second] : [second, first];
    const seen: string[] = [];
    alice.services.events.on('tracker', ({ state }) => void seen.push(state));
    const frozen = performance.now();
    used.freeze();
    await at(alice, other);
    process.stdout.write(`at the other tracker ${Math.round(performance.now() - frozen)} ms after SIGSTOP\n`);
    expect(seen).not.toContain('signed_out');
    // Nobody moves back: what was frozen may freeze again.
    used.thaw();
    await alice.close();
    // A start while one of them is frozen does not wait for it.
    used.freeze();
    const again = await world.peer('alice', urls());
    await at(again, other);
  },
  LASTING,
);

test(
  'who was signed out stays so, after a restart and at the other tracker too, until the password is given',
  async () => {
    const alice = await world.peer('alice', urls());
    await until(alice, () => view(alice).startsWith('http'));
    const used = view(alice) === first.ready.url ? first : second;
    const headers = { 'content-type': 'application/json' };
    const login = await fetch(`${used.ready.url}/login`, {
      ...{ method: 'POST', headers, body: JSON.stringify({ username: 'alice', password: PASSWORD }) },
    });
    const { token } = (await login.json()) as { token: string };
    const changed = await fetch(`${used.ready.url}/password`, {
      ...{ method: 'POST', headers: { ...headers, authorization: `Bearer ${token}` } },
      body: JSON.stringify({ old: PASSWORD, new: 'another password' }),
    });
    expect(changed.status).toBe(200);
    await until(alice, () => view(alice) === 'signed_out');
    await alice.close();

    // The other one has not heard of it, and would let the key in.
    const again = await world.peer('alice', urls());
    await until(again, () => view(again) === 'signed_out');
    await again.close();
    const elsewhere = await world.peer('alice', [...urls().filter((url) => url !== used.ready.url)]);
    await until(elsewhere, () => view(elsewhere) === 'signed_out');
    await elsewhere.close();

    const back = await world.peer('alice', [used.ready.url]);
    await back.services.account.login('another password', false);
    await at(back, used);
    await back.close();
    const known = await world.peer('alice', [used.ready.url]);
    await at(known, used);
  },
  LASTING,
);
