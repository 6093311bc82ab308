/** Peers that hang, and networks that delay, break and swallow: the others go on, and in the end all agree. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PeerReady } from '../../scripts/daemon/daemon.js';
import { Fleet } from '../../scripts/fault/fleet.js';
import { settled } from '../../scripts/fault/judge.js';
import type { Restartable } from '../../scripts/daemon/restartable.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';
import { BadNetwork } from './proxy.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/links');
/** Instead of 45 s, so that nobody waits. */
const LINK_TIMEOUT_S = 6;
const GOOD = { lost: [], doubled: [], differing: [] };
const flags = ['--link-timeout', String(LINK_TIMEOUT_S)];

let folder: TempDir;
beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

/** Posts through a window; the texts that were acknowledged, as the judge takes them. */
async function write(window: Window, conversation: string, texts: readonly string[]) {
  const acknowledged = new Map<string, { conversation: string; id: string }>();
  for (const text of texts) {
    const result = await window.post(conversation, text, text);
    expect(result).toMatchObject({ ok: true });
    if (result?.ok === true) acknowledged.set(text, { conversation, id: (result['entry'] as { id: string }).id });
  }
  return acknowledged;
}

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);

describe('a peer that hangs', () => {
  let fleet: Fleet;
  let windows: Map<string, Window>;
  const at = (name: string): Window => windowOf(windows, name);

  beforeAll(async () => {
    fleet = new Fleet(join(folder.path, 'hang'), PROGRAM);
    await fleet.tracker.start();
    windows = new Map();
    for (const name of ['alice', 'bob', 'carol']) {
      windows.set(name, await Window.open((await fleet.addPeer(name, { flags })).ready));
    }
    await at('alice').until(() => at('alice').linkedTo('bob') && at('alice').linkedTo('carol'), 'links of alice');
    await at('carol').until(() => at('carol').linkedTo('bob'), 'the link of carol and bob');
  }, 120_000);
  afterAll(async () => {
    for (const window of windows.values()) window.close();
    await fleet.close(LOGS);
  }, 60_000);

  test('is noticed, blocks nobody, and catches up when it wakes', async () => {
    fleet.peer('bob').freeze();
    const frozenAt = Date.now();
    const seen = new Set<string>();
    at('carol').onFrame((frame) => {
      if (frame.type === 'entries') for (const { message } of frame.entries) seen.add(message);
    });
    // The others go on as if nothing were.
    const texts = numbered('while bob hangs', 20);
    const acknowledged = await write(at('alice'), '#general', texts);
    await at('carol').until(() => texts.every((text) => seen.has(text)), 'what alice wrote, at carol');
    for (const [text, where] of await write(at('alice'), '@alice+bob', ['for bob alone']))
      acknowledged.set(text, where);

    for (const name of ['alice', 'carol']) {
      await at(name).until(() => !at(name).linkedTo('bob'), `${name} noticing that bob hangs`, 45_000);
    }
    // By silence, after the limit: not earlier, as if the link had broken.
    expect(Date.now() - frozenAt).toBeGreaterThan((LINK_TIMEOUT_S * 1000) / 2);
    expect(fleet.peer('alice').log.join('\n')).toMatch(/link with bob ended: The other side has fallen silent/);

    fleet.peer('bob').thaw();
    const verdict = await settled(
      {
        conversations: new Map([
          ['#general', ['alice', 'bob', 'carol'].map(at)],
          ['@alice+bob', ['alice', 'bob'].map(at)],
        ]),
        acknowledged,
      },
      60_000,
    );
    expect(verdict).toMatchObject({ lost: [], doubled: [], differing: [] });
    // A message that bob writes now arrives: the links are truly back.
    for (const [text, where] of await write(at('bob'), '#general', ['bob is awake'])) acknowledged.set(text, where);
    await at('alice').until(() => at('alice').linkedTo('bob'), 'the link to bob again');
  }, 150_000);
});

describe('a bad network between two peers', () => {
  let fleet: Fleet;
  let network: BadNetwork;
  let alice: Window;
  let bob: Window;
  const acknowledged = new Map<string, { conversation: string; id: string }>();

  /** Both were certified, but never told of each other: the way leads through the bad network alone. */
  beforeAll(async () => {
    fleet = new Fleet(join(folder.path, 'network'), PROGRAM);
    await fleet.tracker.start();
    await (await fleet.addPeer('alice', { flags })).stop();
    // A tracker that starts anew has forgotten where alice was; the old one would tell bob for some seconds yet.
    await fleet.tracker.kill9();
    await fleet.tracker.start();
    const machine: Restartable<PeerReady> = await fleet.addPeer('bob', { flags });
    await fleet.tracker.kill9();
    network = await BadNetwork.to(machine.ready.p2p);
    alice = await Window.open(await fleet.peer('alice').start());
    bob = await Window.open(machine.ready);
  }, 120_000);
  afterAll(async () => {
    alice.close();
    bob.close();
    await fleet.close(LOGS);
    await network.close();
  }, 60_000);

  const both = async (label: string, count: number): Promise<void> => {
    const [mine, theirs] = await Promise.all([
      write(alice, '#general', numbered(`alice, ${label}`, count)),
      write(bob, '@alice+bob', numbered(`bob, ${label}`, count)),
    ]);
    for (const [text, where] of [...mine, ...theirs]) acknowledged.set(text, where);
  };
  const agree = (): ReturnType<typeof settled> =>
    settled(
      {
        conversations: new Map([
          ['#general', [alice, bob]],
          ['@alice+bob', [alice, bob]],
        ]),
        acknowledged,
      },
      60_000,
    );

  test('a slow one, in small pieces', async () => {
    network.delayMs = 150;
    network.pieceBytes = 7;
    await expect(
      alice.command('peer.connect', { username: 'bob', host: '127.0.0.1', port: network.port }),
    ).resolves.toMatchObject({ ok: true });
    await both('slowly', 20);
    expect(await agree()).toMatchObject(GOOD);
    expect(network.taken).toBe(1);
  }, 120_000);

  test('one that breaks again and again, in the middle of everything', async () => {
    network.delayMs = 20;
    network.pieceBytes = 1000;
    for (let i = 1; i <= 5; i++) {
      await both(`before cut ${i}`, 10);
      network.cut();
    }
    expect(await agree()).toMatchObject(GOOD);
    expect(network.taken).toBeGreaterThan(1);
  }, 120_000);

  test('one that swallows everything without a word', async () => {
    await alice.until(() => alice.linkedTo('bob'), 'the link');
    network.hold();
    await both('into the void', 10);
    await alice.until(() => !alice.linkedTo('bob'), 'alice noticing', 45_000);
    await bob.until(() => !bob.linkedTo('alice'), 'bob noticing', 45_000);
    network.release();
    expect(await agree()).toMatchObject(GOOD);
  }, 150_000);
});
