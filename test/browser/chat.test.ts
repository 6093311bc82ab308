/** Two people, two browsers, two peers and a tracker, all of them real; and what happens when parts of it die. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { Person } from '../support/person.js';
import { World, type Restartable } from '../support/world.js';

describe('two people in their browsers', () => {
  let world: World;
  let browser: Browser;
  let tracker: Restartable<TrackerReady>;
  let alicePeer: Restartable<PeerReady>;
  let bobPeer: Restartable<PeerReady>;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    world = await World.create('chat');
    browser = await openBrowser();
    tracker = await world.startTracker();
    alicePeer = await world.startPeer({ username: 'alice', tracker });
    bobPeer = await world.startPeer({ username: 'bob', tracker });
  }, 3 * PATIENCE_MS);

  afterAll(async () => {
    // Where the start failed, some of these are not there.
    await (browser as Browser | undefined)?.close();
    await (world as World | undefined)?.close();
  }, 3 * PATIENCE_MS);

  const lasting = 6 * PATIENCE_MS;

  test(
    'register, each at their own peer',
    async () => {
      alice = await Person.sitDown(browser, alicePeer.ready.ui);
      bob = await Person.sitDown(browser, bobPeer.ready.ui);
      // Whoever sits there by mistake is shown the way.
      const another = alice.page.getByRole('button', { name: 'Use another account' });
      await another.press('Enter');
      await alice.page.getByText('npx parley peer --username NAME').waitFor();
      await another.press('Enter');
      await alice.page.getByText('npx parley peer --username NAME').waitFor({ state: 'detached' });
      await alice.register('correct horse battery');
      await bob.register('staple paper clip');
      await alice.seesTracker('Tracker connected');
      await bob.seesTracker('Tracker connected');
    },
    lasting,
  );

  test(
    'chat in #general',
    async () => {
      await alice.open('#general');
      await bob.open('#general');
      await alice.write('#general', 'Good morning, everyone');
      await bob.sees('#general', 'Good morning, everyone');
      await bob.write('#general', 'Good morning, alice');
      await alice.sees('#general', 'Good morning, alice');
      await alice.seesMark('#general', 'Good morning, everyone', /^Delivered/);
    },
    lasting,
  );

  test(
    'chat with each other alone',
    async () => {
      await alice.open('bob');
      await alice.write('bob', 'Only for you');
      await alice.seesMark('bob', 'Only for you', /^(Delivered|Read)/);
      await bob.sidebar.getByText('1 unread message').waitFor({ state: 'attached' });
      await bob.open('alice');
      await bob.sees('alice', 'Only for you');
      await bob.write('alice', 'And only for you');
      await alice.sees('bob', 'And only for you');
      await alice.open('#general');
      expect(await alice.textsIn('#general', /only for you/i)).toEqual([]);
    },
    lasting,
  );

  test(
    'a broadcast is seen over whatever one reads',
    async () => {
      await bob.open('#general');
      await alice.open('#broadcast');
      await alice.write('#broadcast', 'The kettle is on fire');
      await bob.page.getByText('Broadcast from alice').waitFor();
      await bob.page.getByText('The kettle is on fire').first().waitFor();
      await bob.open('#broadcast');
      await bob.sees('#broadcast', 'The kettle is on fire');
      await bob.open('#general');
      await bob.page.getByText('Broadcast from alice').waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'a reload keeps them signed in, where they were',
    async () => {
      await alice.open('#general');
      await alice.page.reload();
      await alice.sees('#general', 'Good morning, alice');
      await bob.page.reload();
      await bob.sees('#general', 'Good morning, everyone');
      expect(await bob.textsIn('#general', /Good morning/)).toEqual(['Good morning, everyone', 'Good morning, alice']);
    },
    lasting,
  );

  test(
    'a peer killed amid 20 messages has all of them once, in order, when it is back',
    async () => {
      const texts = Array.from({ length: 20 }, (_, index) => `This is number ${index + 1} of twenty`);
      for (const [index, text] of texts.entries()) {
        await alice.write('#general', text);
        if (index === 6) await bobPeer.kill9();
      }
      await alice.sees('#general', 'This is number 20 of twenty');
      await bob.page
        .getByText(/has stopped on this computer/)
        .first()
        .waitFor();
      await bobPeer.start();
      // Nobody touches bob's browser: it finds its peer again, still signed in.
      await bob.sees('#general', 'This is number 20 of twenty');
      expect(await bob.textsIn('#general', /^This is number \d+ of twenty$/)).toEqual(texts);
      expect(await alice.textsIn('#general', /^This is number \d+ of twenty$/)).toEqual(texts);
      await alice.seesMark('#general', 'This is number 20 of twenty', /^Delivered/);
    },
    lasting,
  );

  test(
    'without the tracker the two go on; a new start of it is found again',
    async () => {
      await tracker.kill9();
      await alice.seesTracker('Tracker not reachable');
      await alice.write('#general', 'Is anybody there?');
      await bob.sees('#general', 'Is anybody there?');
      await bob.write('#general', 'I am, and the tracker is not');
      await alice.sees('#general', 'I am, and the tracker is not');
      await tracker.start();
      await alice.seesTracker('Tracker connected');
      await bob.seesTracker('Tracker connected');
      await bob.write('#general', 'All are back');
      await alice.sees('#general', 'All are back');
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
