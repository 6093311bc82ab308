import { describe, expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import { parseInvite } from '../../protocol/invite.js';
import { Inviter, type InviterParts } from './inviter.js';
import { isLoopback, networkAddresses } from './network.js';

const CA = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF';
const CODE = '7K2M-9QXT-4RDW-B3HV';
const OTHER = CA.replace('Z', 'X');

/** `answers`: what shows which CA. */
function inviter(answers: Record<string, string>, more: Partial<InviterParts> = {}): Inviter {
  return new Inviter({
    trackers: () => ['http://127.0.0.1:8001'],
    current: () => 'http://127.0.0.1:8001/',
    pinned: () => CA,
    probe: (tracker) =>
      tracker in answers ? Promise.resolve(answers[tracker] ?? '') : Promise.reject(new Error('nobody there')),
    signUp: () => Promise.resolve({ registration: 'open', admin: false }),
    makeCode: ({ uses }) => Promise.resolve({ text: CODE, uses, expires: '2026-12-07T00:00:00.000Z' }),
    addresses: () => ['192.168.1.5', '10.0.0.7'],
    ...more,
  });
}

describe('an invite', () => {
  test('names the tracker as it is, where others can reach it', async () => {
    const trackers = ['http://192.168.1.9:8001', 'https://chat.example'];
    const made = await inviter({}, { trackers: () => trackers, current: () => 'https://chat.example/' }).make();
    expect(made.tracker).toBe('https://chat.example');
    expect(parseInvite(made.link)).toEqual({ trackers: ['https://chat.example', 'http://192.168.1.9:8001'], ca: CA });
    expect(made.command).toBe(`npx parley peer --invite "${made.link}"`);
    expect(made.local).toBeUndefined();
  });

  test('names a tracker on this machine by an address at which it answers others', async () => {
    const made = await inviter({ 'http://10.0.0.7:8001': CA }).make();
    expect(made.tracker).toBe('http://10.0.0.7:8001');
    expect(made.local).toBeUndefined();
  });

  test('says so when the tracker answers this machine alone', async () => {
    const made = await inviter({}).make();
    expect(parseInvite(made.link)).toEqual({ trackers: ['http://127.0.0.1:8001'], ca: CA });
    expect(made.local).toEqual({ addresses: ['192.168.1.5', '10.0.0.7'] });
  });

  test('leads to no other tracker that happens to listen there', async () => {
    expect((await inviter({ 'http://192.168.1.5:8001': OTHER }).make()).tracker).toBe('http://127.0.0.1:8001');
  });

  test('has a code where one is asked for, and says what it lets in', async () => {
    const signUp = { registration: 'invite', admin: true } as const;
    const admin = inviter({ 'http://10.0.0.7:8001': CA }, { signUp: () => Promise.resolve(signUp) });
    const plain = await admin.make();
    expect([parseInvite(plain.link)?.code, plain.code, plain.signUp]).toEqual([undefined, undefined, signUp]);
    const made = await admin.make({ code: { uses: 5, days: 7 } });
    expect(parseInvite(made.link)).toEqual({ trackers: ['http://10.0.0.7:8001'], ca: CA, code: CODE });
    expect(made).toMatchObject({ code: { uses: 5, expires: '2026-12-07T00:00:00.000Z' }, signUp });
    expect(made.command).toContain(made.link);
  });

  test('is made without a code while the tracker cannot be asked; with one it is not', async () => {
    const away = () => Promise.reject(new ParleyError('tracker_unreachable'));
    const alone = inviter({}, { signUp: away, makeCode: away });
    expect(await alone.make()).not.toHaveProperty('signUp');
    await expect(alone.make({ code: { uses: 1, days: 1 } })).rejects.toMatchObject({ code: 'tracker_unreachable' });
  });

  test('cannot be made before there is something to pin', async () => {
    await expect(inviter({}, { pinned: () => undefined }).make()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])('%s is this machine alone', (host) =>
  expect(isLoopback(host)).toBe(true),
);
test.each(['192.168.1.5', '0.0.0.0', 'localhost.example', '128.0.0.1', '[fd00::1]'])('%s is not', (host) =>
  expect(isLoopback(host)).toBe(false),
);

test('of the addresses of this machine those come first that colleagues can reach', () => {
  const one = (address: string, internal = false) => ({
    ...{ address, internal, netmask: '255.0.0.0', family: 'IPv4' as const, mac: '', cidr: null },
  });
  const six = { ...one('fd00::5'), family: 'IPv6' as const, scopeid: 0 };
  const found = networkAddresses({
    lo: [one('127.0.0.1', true)],
    eth: [one('203.0.113.7'), one('169.254.7.7'), six],
    wlan: [one('192.168.1.5')],
  });
  expect(found).toEqual(['192.168.1.5', '203.0.113.7']);
});
