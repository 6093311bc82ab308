/** A user who hides their address: what is told of their device, who is dialled and let in, and that all is there all the same. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../peer/commands/run.js';
import { hiddenAt, PORT_MAX } from '../peer/core/addresses.js';
import { startPeer } from '../peer/main.js';
import type { Peer } from '../peer/peer.js';
import type { ConversationId, Username } from '../protocol/ids.js';
import type { PersonView } from '../protocol/local-api.js';
import type { PeerRecord } from '../protocol/tracker-api.js';
import type { Tracker } from '../tracker/main.js';
import { InProcess, linked, PASSWORD, post, until } from './support/in-process.js';

const lasting = 120_000;
const general = '#general' as ConversationId;

let world: InProcess;
let tracker: Tracker;
let alice: Peer;
let bob: Peer;

beforeEach(async () => {
  world = await InProcess.create();
  tracker = await world.tracker();
  alice = await world.signedIn('alice', [tracker.url], { relayOnly: true });
  bob = await world.signedIn('bob', [tracker.url]);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
}, lasting);
afterEach(() => world.close(), lasting);

const seen = (peer: Peer, name: string): PersonView | undefined => peer.services.people.person(name as never);
const pathOf = (peer: Peer, name: string): string | undefined => seen(peer, name)?.path;

async function listed(name: string): Promise<PeerRecord | undefined> {
  const body = JSON.stringify({ username: 'bob', password: PASSWORD });
  const headers = { 'content-type': 'application/json' };
  const { token } = (await (await fetch(`${tracker.url}/login`, { method: 'POST', headers, body })).json()) as {
    token: string;
  };
  const answer = await fetch(`${tracker.url}/get-list`, { headers: { authorization: `Bearer ${token}` } });
  const { peers } = (await answer.json()) as { peers: PeerRecord[] };
  return peers.find(({ username }) => username === name);
}

test(
  'nobody is told where it is, nor dialled, nor let in; what is written comes over the relay, once',
  async () => {
    const shown = await listed('alice');
    expect(shown).toMatchObject({ ip: '0.0.0.0', addresses: [] });
    expect(shown?.port).not.toBe(alice.services.p2p.port);
    expect(await listed('bob')).toMatchObject({ ip: '127.0.0.1' });
    // Bob can be dialled, but by nobody who hides.
    expect(seen(alice, 'bob')).toMatchObject({ path: 'relayed', pathWhy: { code: 'address_hidden' } });
    expect(seen(bob, 'alice')).toMatchObject({ path: 'relayed', pathWhy: { code: 'hides_address' } });
    await post(alice, general, 'from alice');
    await post(bob, general, 'from bob');
    for (const peer of [alice, bob]) {
      const texts = (): string[] =>
        peer.services.history.page(general, undefined, 50).entries.map(({ message }) => message);
      await until(peer, () => texts().length >= 2);
      expect(texts().sort()).toEqual(['from alice', 'from bob']);
    }

    // Also who knows the port learns nothing there: not even that it is a peer's.
    const { host, port } = alice.services.p2p;
    const socket = connect({ host, port });
    const heard: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => void heard.push(bytes)).on('error', () => undefined);
    await once(socket, 'close');
    expect(heard).toEqual([]);
    await expect(runCommand(bob.services, 'peer.connect', { username: 'alice', host, port })).rejects.toThrow();
    const at = bob.services.p2p;
    await expect(
      runCommand(alice.services, 'peer.connect', { username: 'bob', host: at.host, port: at.port }),
    ).rejects.toMatchObject({ code: 'bad_request' });
    expect([pathOf(alice, 'bob'), pathOf(bob, 'alice')]).toEqual(['relayed', 'relayed']);
  },
  lasting,
);

test(
  'the doctor says so to both, and takes it for no fault of the network',
  async () => {
    const faults = async (peer: Peer, name?: string): Promise<readonly string[]> =>
      (await peer.services.reach.examine(name)).faults;
    expect(await faults(alice)).toEqual([]);
    expect(await faults(alice, 'bob')).toEqual(['address_hidden']);
    expect(await faults(bob, 'alice')).toEqual(['they_hide']);
  },
  lasting,
);

test(
  'it is kept over starts, until it is no longer wanted: then they are linked directly',
  async () => {
    await alice.close();
    alice = await world.peer('alice', [tracker.url]);
    await until(alice, () => pathOf(alice, 'bob') === 'relayed');
    expect(alice.services.preferences.view().relayOnly).toBe(true);
    await alice.close();
    alice = await world.peer('alice', [tracker.url], { relayOnly: false });
    await Promise.all([
      until(alice, () => pathOf(alice, 'bob') === 'direct'),
      until(bob, () => pathOf(bob, 'alice') === 'direct'),
    ]);
    expect(await listed('alice')).toMatchObject({ ip: '127.0.0.1' });
    expect(seen(bob, 'alice')?.pathWhy).toBeUndefined();
  },
  lasting,
);

test.each([
  ['relay_off', { enabled: false }, ['carol']],
  ['relay_full', { circuits: 1 }, ['carol', 'erin']],
] as const)(
  'a relay that does not take them (%s) is what both are told, in the window and by the doctor',
  async (code, relay, hiding) => {
    const folder = world.path(code);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ relay }));
    const { url } = await world.tracker(code);
    const dave = await world.signedIn('dave', [url]);
    const others: Peer[] = [];
    for (const name of hiding) {
      others.push(await world.signedIn(name, [url], { relayOnly: true }));
      // The first one takes what room there is.
      if (name !== hiding.at(-1)) await linked(dave, name);
    }
    const [last] = others.slice(-1);
    const name = hiding.at(-1) ?? '';
    if (!last) throw new Error('nobody hides');
    const isTold = (peer: Peer, of: string) => () => seen(peer, of)?.pathWhy?.relay === code;
    await Promise.all([until(last, isTold(last, 'dave')), until(dave, isTold(dave, name))]);
    for (const [peer, of] of [
      [last, 'dave'],
      [dave, name],
    ] as const) {
      expect(seen(peer, of)).toMatchObject({ link: 'connecting', pathWhy: { code, relay: code } });
      expect(seen(peer, of)?.reason).toMatch(/hides their address, and the (tracker|relay) .*[Aa]sk whoever runs/);
      expect((await peer.services.reach.examine(of)).faults).toEqual([code]);
    }
    // Of whoever hides it is the fault of all links.
    expect((await last.services.reach.examine(undefined)).faults).toEqual([code]);
    expect((await dave.services.reach.examine(undefined)).faults).toEqual([]);
  },
  lasting,
);

test('its port is another one at each start, and never its own: else a copy that runs beside it would not be noticed', () => {
  for (const port of [1, 9101, PORT_MAX]) {
    const drawn = [1, 2, 40_000, PORT_MAX - 1].map((by) => hiddenAt(port, by).port);
    expect(new Set([port, ...drawn]).size).toBe(5);
    for (const one of drawn) expect(one > 0 && one <= PORT_MAX).toBe(true);
  }
});

test(
  'where the choice cannot be kept, nobody is shown as hidden who is not',
  async () => {
    const file = join(world.path('bob'), 'settings.json');
    await bob.settings.flush();
    // A folder in its place: nothing can be written there.
    rmSync(file);
    mkdirSync(file);
    expect(bob.services.preferences.set({ relayOnly: true })).toMatchObject({ relayOnly: true });
    await until(bob, () => bob.services.preferences.view().relayOnly === false);
    rmSync(file, { recursive: true });
  },
  lasting,
);

test(
  'a peer that begins anew goes on, although the password that it was first started with was changed since',
  async () => {
    const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const config = {
      ...{ username: 'carol' as Username, trackers: [tracker.url], host: '127.0.0.1', lan: false, peerPort: 0 },
      ...{ uiHost: '127.0.0.1', uiPort: 0, uiDir: '', dataDir: world.path('carol'), allowedHosts: [] },
      ...{ password: PASSWORD, register: true, trackerCa: undefined, keylog: undefined },
    };
    await (await startPeer(config, quiet)).close();
    const earlier = { ...config, password: 'of another day', register: false };
    const again = await startPeer(earlier, quiet, undefined, true);
    expect(again.ready.username).toBe('carol');
    await again.close();
  },
  lasting,
);
