/** Trackers of one cluster: what happens at one is so at the other. Real trackers over a real NATS server. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { EventsSocket } from '../testing/events-socket.js';
import { TestNats } from '../testing/nats-servers.js';
import { certifiedDevice } from '../testing/device.js';
import { expectFailure, PASSWORD, TestTrackers, type TestTracker } from '../testing/test-tracker.js';

describe('two trackers of one cluster', () => {
  const trackers = new TestTrackers();
  let nats: TestNats;
  beforeAll(async () => {
    nats = await TestNats.start(1);
  });
  afterEach(() => trackers.clean());
  afterAll(() => nats.stop());

  async function both(): Promise<[TestTracker, TestTracker]> {
    const { servers, user = '', password = '' } = nats.newAccount()(0);
    const join = randomBytes(32).toString('base64url');
    const cluster = { nats: `nats://${user}:${password}@${servers[0] ?? ''}`, replicas: 1, join };
    return [await trackers.start({ cluster }), await trackers.start({ cluster })];
  }

  test('an account, its sessions and its channels are those of both', async () => {
    const [one, other] = await both();
    const alice = await one.register('alice');
    expect((await other.fetch('/me', { headers: alice.headers })).body).toMatchObject({ username: 'alice' });
    expectFailure(await other.post('/register', { username: 'A1ice', password: PASSWORD }), 409, 'name_confusable');
    const there = await other.login('alice');
    await there.post('/logout', {});
    expectFailure(await one.fetch('/me', { headers: there.headers }), 401, 'not_signed_in');
    expect((await one.fetch('/ca')).body).toEqual((await other.fetch('/ca')).body);
    expect((await one.fetch('/healthz')).body).toMatchObject({ status: 'success', state: 'ready' });
    expect(trackers.errors).toEqual([]);
  });

  test('failed sign-ins are counted together', async () => {
    const [one, other] = await both();
    await one.register('alice');
    const wrong = (at: TestTracker) => at.post('/login', { username: 'alice', password: 'not hers at all' });
    for (let n = 0; n < 10; n += 1) expectFailure(await wrong(one), 401, 'invalid_credentials');
    expectFailure(await wrong(one), 429, 'rate_limited');
    let answer = await wrong(other);
    while (answer.status === 401) answer = await wrong(other);
    expectFailure(answer, 429, 'rate_limited');
  });
});
