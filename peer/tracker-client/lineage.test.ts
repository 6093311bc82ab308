/** A device whose lineage the tracker is told: at its start, while it runs, and at its stop (SPEC.md section 2). */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PASSWORD, TestTrackers, type TestTracker } from '../../tracker/testing/test-tracker.js';
import { makeClient, type TestClient } from './test-client.js';

let trackers: TestTrackers;
let tracker: TestTracker;
let running: TestClient | undefined;

beforeEach(async () => {
  trackers = new TestTrackers();
  tracker = await trackers.start();
});
afterEach(async () => {
  await running?.stop();
  await trackers.clean();
});

async function signedIn(options: Parameters<typeof makeClient>[2]): Promise<TestClient> {
  running = await makeClient([tracker.url], 'alice', options);
  await running.client.login(PASSWORD, true);
  await running.state('connected');
  return running;
}

describe('the lineage', () => {
  const [first, second, third] = ['A'.repeat(16), 'B'.repeat(16), 'C'.repeat(16)] as const;

  test('is said again with the next heart-beat once a copy, made while the device runs, runs beside it', async () => {
    // No heart-beat but those that are asked for.
    const alice = await signedIn({ tuning: { heartbeatMs: 3600_000 }, lineage: () => [first] });
    const { device } = alice;
    const copy = await tracker.login('alice', PASSWORD);
    await alice.lineage.until((word) => word === 'continues');
    // It hears of changes once it was told who is there.
    await alice.events.until(() => true);
    const moved = alice.events.next(({ type }) => type === 'peer_updated');
    const answer = await copy.submit({ device, lineage: [second, first] });
    expect(answer.body).toMatchObject({ lineage: 'continues' });
    await moved;
    alice.client.announce();
    await alice.lineage.until((word) => word === 'diverged');
  });

  test('is said for the last time before a stop, and what goes on after that is no copy', async () => {
    const marks: string[] = [first];
    let port = 9101;
    // Moves all the time, so that its lineage is asked for all the time.
    const p2p = () => ({ port: port++, addresses: [] });
    const alice = await signedIn({ tuning: { heartbeatMs: 5 }, p2p, lineage: () => marks });
    for (const mark of [second, third]) {
      await alice.lineage.next();
      marks.unshift(mark);
      await alice.client.farewell();
      alice.client.announce();
      await alice.client.stop();
      alice.client.start();
      await alice.views.next(({ state }) => state === 'connected');
    }
    expect(new Set(alice.lineage.told)).toEqual(new Set(['continues']));
  });
});
