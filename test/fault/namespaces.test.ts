/** Machines on a real network that is cut in two, and one that hears but is not heard. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { settled } from '../../scripts/fault/judge.js';
import { Window, windowOf } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';
import { namespacesPermitted, Network } from './namespaces.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/namespaces');
const NAMES = ['alice', 'bob', 'carol'];
const permitted = namespacesPermitted();

if (!permitted) {
  test.skip('NOT RUN: this machine permits no network namespaces (root, `ip`). See links.test.ts for the same over a proxy', () =>
    undefined);
}

(permitted ? describe : describe.skip)('machines on a network of their own', () => {
  let folder: TempDir;
  let network: Network;
  let fleet: Fleet;
  const windows = new Map<string, Window>();
  const acknowledged = new Map<string, { conversation: string; id: string }>();
  const at = (name: string): Window => windowOf(windows, name);

  beforeAll(async () => {
    folder = new TempDir();
    network = await Network.create('fN');
    fleet = new Fleet(folder.path, PROGRAM, network.trackerHost);
    await fleet.tracker.start();
    for (const name of NAMES) {
      const { under, lan, house } = await network.add(name);
      const flags = ['--link-timeout', '6', '--ui-host', house, '--allow-host', house];
      await fleet.addPeer(name, { under, host: lan, flags });
    }
    for (const name of NAMES) windows.set(name, await Window.open(fleet.peer(name).ready));
    await everybodyLinked();
  }, 180_000);
  afterAll(async () => {
    for (const window of windows.values()) window.close();
    await fleet.close(LOGS);
    await network.close();
    await folder.remove();
  }, 60_000);

  async function everybodyLinked(): Promise<void> {
    for (const name of NAMES) {
      const others = NAMES.filter((other) => other !== name);
      await at(name).until(() => others.every((other) => at(name).linkedTo(other)), `links of ${name}`, 60_000);
    }
  }

  /** Everybody writes in the channel and to each of the others. */
  async function everybodyWrites(label: string): Promise<void> {
    const posts = NAMES.flatMap((from) => [
      { from, conversation: '#general', text: `${label}: ${from} to all` },
      ...NAMES.filter((to) => to !== from).map((to) => ({
        ...{ from, text: `${label}: ${from} to ${to}` },
        conversation: `@${[from, to].sort().join('+')}`,
      })),
    ]);
    await Promise.all(
      posts.map(async ({ from, conversation, text }) => {
        const result = await at(from).post(conversation, text, text);
        expect(result).toMatchObject({ ok: true });
        if (result?.ok === true) acknowledged.set(text, { conversation, id: (result['entry'] as { id: string }).id });
      }),
    );
  }

  async function allAgree(): Promise<void> {
    const conversations = new Map([
      ['#general', NAMES.map(at)],
      ['@alice+bob', ['alice', 'bob'].map(at)],
      ['@alice+carol', ['alice', 'carol'].map(at)],
      ['@bob+carol', ['bob', 'carol'].map(at)],
    ]);
    const verdict = await settled({ conversations, acknowledged }, 90_000);
    expect(verdict).toMatchObject({ lost: [], doubled: [], differing: [] });
    expect(verdict.entries).toBe(acknowledged.size);
  }

  test('a cut that nobody is told of heals by itself', async () => {
    await everybodyWrites('before the cut');
    await network.unplug('alice');
    await everybodyWrites('during the cut');
    await at('bob').until(() => !at('bob').linkedTo('alice'), 'bob noticing', 45_000);
    await at('alice').until(() => !at('alice').linkedTo('bob'), 'alice noticing', 45_000);
    expect(at('bob').linkedTo('carol')).toBe(true);
    await network.plug('alice');
    await everybodyWrites('after the cut');
    await allAgree();
    await everybodyLinked();
  }, 240_000);

  test('one that hears and is not heard: what it says arrives by another way, or later', async () => {
    await network.deafen('bob', 'alice');
    await everybodyWrites('while bob does not hear alice');
    await at('bob').until(() => !at('bob').linkedTo('alice'), 'bob noticing', 45_000);
    // Carol holds what alice wrote in the channel, and gives it to bob.
    const general = { conversations: new Map([['#general', NAMES.map(at)]]), acknowledged: new Map() };
    expect(await settled(general, 60_000)).toMatchObject({ doubled: [], differing: [] });
    await network.undeafen('bob', 'alice');
    await allAgree();
  }, 240_000);
});
