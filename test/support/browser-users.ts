/** Users in their browsers, each at a peer of their own, all at one tracker: what most tests of the window begin with. */
import { afterAll, beforeAll } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { openBrowser, PATIENCE_MS } from './browser.js';
import { Person } from './person.js';
import { World, type Restartable } from './world.js';

export const PASSWORD = 'correct horse battery';

export interface BrowserUsers<Name extends string> {
  readonly world: World;
  readonly browser: Browser;
  readonly tracker: Restartable<TrackerReady>;
  readonly peers: Readonly<Record<Name, Restartable<PeerReady>>>;
  /** Signed in, no conversation open. */
  readonly people: Readonly<Record<Name, Person>>;
}

/**
 * Registers the hooks that start all this before the tests of the block, and end it after them. `name`: of the logs.
 * `begin` is called once they sit there, and takes what the tests use of it.
 */
export function browserUsers<const Name extends string>(
  name: string,
  usernames: readonly Name[],
  begin: (users: BrowserUsers<Name>) => void | Promise<void>,
): void {
  const opened: { close(): Promise<void> }[] = [];
  const patience = 3 * (1 + usernames.length) * PATIENCE_MS;

  beforeAll(async () => {
    const world = await World.create(name);
    opened.push(world);
    const browser = await openBrowser();
    opened.push(browser);
    const tracker = await world.startTracker();
    const register = { tracker, password: PASSWORD, register: true };
    const start = async (username: Name) => {
      const peer = await world.startPeer({ username, ...register });
      return { username, peer, person: await Person.sitDown(browser, peer.ready.login) };
    };
    const all = await Promise.all(usernames.map(start));
    await Promise.all(all.map(({ person }) => person.sidebar.waitFor()));
    const byName = <T>(of: (one: (typeof all)[number]) => T) =>
      Object.fromEntries(all.map((one) => [one.username, of(one)])) as Record<Name, T>;
    await begin({ world, browser, tracker, peers: byName(({ peer }) => peer), people: byName(({ person }) => person) });
  }, patience);

  // Where the start failed, only what was opened before is there.
  afterAll(async () => {
    for (const one of opened.reverse()) await one.close();
  }, patience);
}
