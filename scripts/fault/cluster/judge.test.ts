/** A tracker that acknowledges everything and keeps nothing: a judge that did not find that would acquit every cluster. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededRandom } from '../seeded-random.js';
import { Calls } from './calls.js';
import { Findings } from './findings.js';
import { People } from './people.js';

/** What it says when it is asked who somebody is. */
let me: { status: number; body: object } = { status: 401, body: {} };
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().once('end', () => {
      const isLook = request.url === '/me';
      response.writeHead(isLook ? me.status : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isLook ? me.body : { token: 'a-token' }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

async function judged(judgedBy: typeof me): Promise<Findings> {
  const findings = new Findings();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new People(new Calls([{ url }], seededRandom(1)), findings, { paceMs: 1, behindMs: 0 });
  me = { status: 200, body: { channels: [] } };
  const working = people.work();
  for (let n = 0; n < 8; n += 1) await people.progress();
  people.stop();
  await working;
  me = judgedBy;
  await people.judge();
  return findings;
}

test('sessions that are gone are lost, and two who get one name are found', async () => {
  const { faults, isGood } = await judged({ status: 401, body: {} });
  expect(faults.lost).toContainEqual(expect.stringMatching(/^session w0x0 at /));
  expect(faults.wonTwice).toContain('w0x3');
  expect(isGood).toBe(false);
});

test('memberships that are gone are lost, and what has ended must not be there', async () => {
  const { faults } = await judged({ status: 200, body: { channels: [] } });
  expect(faults.lost).toContainEqual(expect.stringMatching(/^membership w0x0 at /));
  expect(faults.undead).toContainEqual(expect.stringMatching(/^session w0x6 at /));
  const { faults: others } = await judged({ status: 200, body: { channels: ['random-talk'] } });
  expect(others.lost).toEqual([]);
  expect(others.undead).toContainEqual(expect.stringMatching(/^membership w0x4 at /));
});
