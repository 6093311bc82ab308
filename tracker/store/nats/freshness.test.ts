/**
 * That a session is over holds at a node whose server was just killed, as soon as it is acknowledged at another one: the node knows that it
 * may not have heard of it, and asks. Two stores over a real cluster of three servers.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userKey, type Username } from '../../../protocol/ids.js';
import { systemClock } from '../../clock.js';
import { TestNats } from '../../testing/nats-servers.js';
import { silent } from '../../testing/test-tracker.js';
import { addAccount } from '../store-contract.js';
import type { TrackerStore } from '../tracker-store.js';
import { Freshness } from './freshness.js';
import { openNatsStore } from './nats-store.js';

const username = 'Alice' as Username;
const session = { user: userKey(username), username, created: 1, expires: 10 ** 14, epoch: 0 };

let nats: TestNats;
let stores: [TrackerStore, TrackerStore];
beforeAll(async () => {
  nats = await TestNats.start(3);
  const servers = nats.newAccount();
  const open = (...order: readonly number[]) =>
    openNatsStore({ servers: servers(...order), clock: systemClock, log: silent, replicas: 3, name: `${order[0]}` });
  stores = [await open(0, 1, 2), await open(2, 1, 0)];
  await addAccount(stores[0], username);
});
afterAll(async () => {
  for (const store of stores) await store.close();
  await nats.stop();
});

/** Until it is acknowledged: there may be no leader at the moment. */
async function acknowledged(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' });
    }
  }
}

/** What the node says of it: found, over, or that it cannot say now. */
async function said(store: TrackerStore, hash: string): Promise<'found' | 'over' | 'unavailable'> {
  try {
    return (await store.sessions.find(hash)) ? 'found' : 'over';
  } catch (error) {
    expect(error).toMatchObject({ code: 'unavailable' });
    return 'unavailable';
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('what ended elsewhere is not believed by a node whose server was killed', async () => {
  const [one, other] = stores;
  const hashes = ['signed-out', 'by-an-earlier-password'];
  for (const hash of hashes) {
    await acknowledged(() => one.sessions.put({ ...session, hash }));
    await until(async () => (await said(other, hash)) === 'found');
  }
  await until(() => one.sessions.isCurrent);
  await nats.kill(0);
  // Its connection is gone, of which it hears in a later turn.
  await until(() => !one.sessions.isCurrent);
  await acknowledged(() => other.sessions.remove('signed-out'));
  await acknowledged(() => other.accounts.setPassword(session.user, 'another hash'));
  const answers = new Set<string>();
  do for (const hash of hashes) answers.add(await said(one, hash));
  while (!one.sessions.isCurrent);
  for (const hash of hashes) answers.add(await said(one, hash));
  expect(answers).toContain('over');
  expect(answers).not.toContain('found');
  await nats.startServer(0);
});

test('doubt that comes up while it is looked what was missed is not forgotten', async () => {
  const looks: (() => void)[] = [];
  const fresh = new Freshness(() => new Promise((resolve) => looks.push(resolve)));
  const look = async (): Promise<void> => {
    looks.shift()?.();
    await new Promise(setImmediate);
  };
  fresh.heard();
  fresh.heard();
  expect(looks).toHaveLength(1);
  fresh.doubt();
  await look();
  expect(fresh.isCurrent).toBe(false);
  fresh.heard();
  await look();
  expect(fresh.isCurrent).toBe(true);
  fresh.doubt();
  expect(fresh.isCurrent).toBe(false);
});
