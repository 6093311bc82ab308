/** Two peers whose ports let nobody in: they meet at the tracker's relay, and leave it once there is a better way (SPEC.md section 12). */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../peer/commands/run.js';
import { Listeners, type Entrance } from '../peer/link/listeners.js';
import type { Peer } from '../peer/peer.js';
import type { Network } from '../peer/reach/network.js';
import type { ConversationId } from '../protocol/ids.js';
import type { TransferView } from '../protocol/local-api.js';
import type { Tracker } from '../tracker/main.js';
import { startRelay } from '../tracker/relay/alone.js';
import { defaultSettings } from '../tracker/settings.js';
import { InProcess, linked, post, until } from './support/in-process.js';

const lasting = 120_000;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = '#general' as ConversationId;

/** A router that lets nobody in until it is opened; and the peer's network, which changes when it is told so. */
class Router {
  isOpen = false;
  #changed: () => void = () => undefined;

  readonly entrance = (): Entrance => {
    const listeners = new Listeners(quiet);
    return {
      listen: (wanted, accept) =>
        listeners.listen(wanted, (socket, from) => void (this.isOpen ? accept(socket, from) : socket.destroy())),
      close: () => listeners.close(),
    };
  };

  readonly network: Pick<Network, 'onChange'> = {
    onChange: (listener) => {
      this.#changed = () => listener('network');
      return () => undefined;
    },
  };

  changed(): void {
    this.#changed();
  }
}

let world: InProcess;
let tracker: Tracker;
let routers: { alice: Router; bob: Router };
let alice: Peer;
let bob: Peer;

beforeEach(async () => {
  world = await InProcess.create();
  tracker = await world.tracker();
  routers = { alice: new Router(), bob: new Router() };
  alice = await world.signedIn('alice', [tracker.url], routers.alice);
  bob = await world.signedIn('bob', [tracker.url], routers.bob);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
}, lasting);
afterEach(() => world.close(), lasting);

const pathOf = (peer: Peer, name: string): string | undefined =>
  peer.services.people.list().find(({ username }) => username === name)?.path;

/** Resolves once so many are open. Asked for without a pause, the tracker would soon answer nothing more within the minute. */
async function circuitsAre(count: number, at = tracker.port): Promise<void> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${at}/metrics`)).text();
    if (Number(/^parley_circuits (\d+)$/m.exec(text)?.[1]) === count) return;
    await pause(50);
  }
}

const messages = (peer: Peer): string[] =>
  peer.services.history
    .page(general, undefined, 500)
    .entries.map(({ message }) => message)
    .filter((message) => message.startsWith('m '));

/** Both write so many; resolves once both have all. */
async function talk(name: string, count: number): Promise<void> {
  const before = messages(alice).length;
  const writing = [alice, bob].map(async (peer, at) => {
    for (let number = 0; number < count; number += 1) await post(peer, general, `m ${name} ${at} ${number}`);
  });
  await Promise.all(writing);
  await Promise.all([alice, bob].map((peer) => until(peer, () => messages(peer).length >= before + 2 * count)));
}

function expectOnce(count: number): void {
  for (const peer of [alice, bob]) {
    const all = messages(peer);
    expect([all.length, new Set(all).size]).toEqual([count, count]);
  }
}

test(
  'they are linked, both see how, and what they write comes once',
  async () => {
    expect([pathOf(alice, 'bob'), pathOf(bob, 'alice')]).toEqual(['relayed', 'relayed']);
    // Both may have asked: then one circuit of the two is left.
    await circuitsAre(1);
    await talk('relayed', 50);
    expectOnce(100);
  },
  lasting,
);

/** Alice shows it, and bob has heard of it. */
async function shown(bytes: Buffer): Promise<string> {
  const mime = 'application/octet-stream';
  const { sha256 } = await alice.services.files.take(Readable.from([bytes]), { mime });
  const heard = once(bob.services.events, 'entries');
  await runCommand(alice.services, 'file.post', { conversation: general, sha256, name: 'a.bin', mime });
  await heard;
  return sha256;
}

test(
  'files come over the relay as well, byte for byte; a large one once the user has said so',
  async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 5);
    const sha256 = await shown(bytes);
    await bob.services.files.fetch(sha256);
    const { events, files } = bob.services;
    while (!files.isHere(sha256)) await Promise.race([once(events, 'changed'), once(events, 'file')]);
    const file = await files.open(sha256);
    expect(file && (await buffer(file.read(0, file.size))).equals(bytes)).toBe(true);

    const large = await shown(Buffer.alloc(25 * 1024 * 1024 + 1));
    const isTold = async (like: Partial<TransferView>): Promise<void> => {
      const isLike = (view: TransferView): boolean =>
        Object.entries(like).every(([key, value]) => view[key as keyof TransferView] === value);
      while (!files.transfers().some((view) => view.sha256 === large && isLike(view))) await once(events, 'file');
    };
    await files.fetch(large);
    await isTold({ state: 'waiting', code: 'relayed' });
    await files.fetch(large, undefined, true);
    await isTold({ state: 'running' });
    await files.cancel(large);
  },
  lasting,
);

test(
  'once one of them can be reached they are linked directly, and nothing is lost or doubled on the way',
  async () => {
    await talk('before', 20);
    const during = talk('during', 100);
    routers.bob.isOpen = true;
    routers.alice.changed();
    await Promise.all([
      until(alice, () => pathOf(alice, 'bob') === 'direct'),
      until(bob, () => pathOf(bob, 'alice') === 'direct'),
      during,
    ]);
    await talk('after', 20);
    expectOnce(280);
    await circuitsAre(0);
    expect([pathOf(alice, 'bob'), pathOf(bob, 'alice')]).toEqual(['direct', 'direct']);
  },
  lasting,
);

test(
  'both can be reached at once: one direct link stays',
  async () => {
    for (const router of Object.values(routers)) router.isOpen = true;
    for (const router of Object.values(routers)) router.changed();
    await Promise.all([
      until(alice, () => pathOf(alice, 'bob') === 'direct'),
      until(bob, () => pathOf(bob, 'alice') === 'direct'),
    ]);
    await talk('direct', 20);
    expectOnce(40);
  },
  lasting,
);

test(
  'the tracker starts again: they meet anew, and what was written meanwhile comes',
  async () => {
    const { port } = tracker;
    await tracker.close();
    await Promise.all([
      until(alice, () => pathOf(alice, 'bob') === undefined),
      until(bob, () => pathOf(bob, 'alice') === undefined),
    ]);
    await post(alice, general, 'm written alone');
    tracker = await world.tracker('tracker', { port });
    // It may have come by the mailbox, before they have met.
    await until(bob, () => messages(bob).includes('m written alone'));
    await until(bob, () => pathOf(bob, 'alice') === 'relayed');
  },
  lasting,
);

test(
  'a relay on a machine of its own carries them, and when it comes back they meet there again',
  async () => {
    const { port } = tracker;
    const usual = {
      host: '127.0.0.1',
      authority: { file: world.path('tracker/ca.pem') },
      limits: defaultSettings.relay,
    };
    let relay = await startRelay({ ...usual, port: 0 }, quiet);
    try {
      await tracker.close();
      const settings = { relays: [relay.url], relay: { enabled: false } };
      await writeFile(world.path('tracker/settings.json'), JSON.stringify(settings));
      tracker = await world.tracker('tracker', { port });
      await circuitsAre(1, relay.port);
      await talk('there', 20);
      const parted = until(alice, () => pathOf(alice, 'bob') === undefined);
      await relay.close();
      await parted;
      await post(bob, general, 'm written alone');
      relay = await startRelay({ ...usual, port: relay.port }, quiet);
      await until(alice, () => messages(alice).includes('m written alone'));
      await Promise.all([
        until(alice, () => pathOf(alice, 'bob') === 'relayed'),
        until(bob, () => pathOf(bob, 'alice') === 'relayed'),
      ]);
    } finally {
      await relay.close();
    }
  },
  lasting,
);
