/** A peer at a tracker with so many others that it is told of a part of them (SPEC.md section 2): whom it shows is shown as they are. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Username } from '../protocol/ids.js';
import { PRESENCE_WHOLE_MAX } from '../protocol/limits.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, PASSWORD, until } from './support/in-process.js';

/** Of few accounts, each with many devices; and single people with one each. */
const CROWDS = 5;
const SINGLES = 12;

let world: InProcess;
let url: string;
let alice: Peer;

beforeAll(async () => {
  world = await InProcess.create();
  const many = 10_000;
  const limits = { peersPerAccount: many, loginsPerAddress: many, registrationsPerAddress: many };
  ({ url } = await world.tracker('tracker', { limits }));
  for (let n = 0; n < CROWDS; n += 1) {
    const token = await account(`crowd${n}`);
    for (let at = 0; at < PRESENCE_WHOLE_MAX / CROWDS; at += 1) await submit(`crowd${n}`, token, 9);
  }
  for (let n = 0; n < SINGLES; n += 1) await submit(`single${n}`, await account(`single${n}`), 9);
  alice = await world.signedIn('alice', [url]);
}, 60_000);
afterAll(() => world.close());

async function post(path: string, body: object, token?: string): Promise<{ token?: string }> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as { token?: string };
}

async function account(username: string): Promise<string> {
  await post('/register', { username, password: PASSWORD });
  return (await post('/login', { username, password: PASSWORD })).token ?? '';
}

/** It hides its address: nobody dials what is not there. */
async function submit(username: string, token: string, port: number): Promise<void> {
  await post('/submit-info', { username, ip: '0.0.0.0', port, device: randomBytes(16).toString('base64url') }, token);
}

const presenceOf = (name: string): string | undefined => alice.services.people.person(name as Username)?.presence;
const singles = Array.from({ length: SINGLES }, (_, n) => `single${n}`);
const unseen = (): string[] => singles.filter((name) => presenceOf(name) !== 'online');

test('of most it is told nothing, until somebody shows them', async () => {
  await until(alice, () => alice.services.people.tracker().state === 'connected');
  // A single one is in its sample by a chance of about a quarter.
  const [one, ...others] = unseen();
  expect(others.length).toBeGreaterThan(0);
  await runCommand(alice.services, 'people.watch', { usernames: [one ?? ''] });
  await until(alice, () => presenceOf(one ?? '') === 'online');
  expect(unseen()).toEqual(others);
});

test('members of a large channel are named with those who are online, and how many are', async () => {
  const { members, online } = await runCommand(alice.services, 'conversation.members', { conversation: '#general' });
  expect(online).toBe(CROWDS + SINGLES + 1);
  expect(members).toContain('alice');
  // The first ones of the list, by device: a random choice.
  expect(members.filter((name) => name.startsWith('single')).length).toBeGreaterThan(0);
});

test('whom a search finds is shown as they are, and a conversation with somebody is enough', async () => {
  const [one = ''] = unseen();
  const { people } = await runCommand(alice.services, 'people.find', { query: one });
  expect(people.map(({ username }) => username)).toContain(one);
  await runCommand(alice.services, 'conversation.open', { username: one });
  await until(alice, () => presenceOf(one) === 'online');
});
