import { expect, test } from '@jest/globals';
import { CHECK_MS, type CheckCode, type MappingView } from '../../protocol/reach.js';
import type { Finding } from './examine.js';
import { placeOf, type Other, type Patient } from './patient.js';
import { reachChecks } from './reach.js';

const [v4, v6] = ['192.0.2.7', '2001:db8::7'];
const common = { netmask: '', mac: '', internal: false } as const;
const interfaces = {
  eth0: [
    { ...common, address: v4, cidr: `${v4}/24`, family: 'IPv4' as const },
    { ...common, address: v6, cidr: `${v6}/64`, family: 'IPv6' as const, scopeid: 0 },
  ],
};

const patient: Patient = {
  ...{ tracker: 'http://198.51.100.1:8001', trackerCa: undefined, pin: undefined },
  ...{ token: 't', maySignIn: false, isRevoked: false },
  ...{ interfaces: () => interfaces, now: () => 0, p2p: { host: '0.0.0.0', port: 9101 } },
};

/** What is found where a device listens there, and the tracker has dialled it here, and found that. */
async function found(
  listens: string,
  host: string,
  code: CheckCode = 'refused',
  mapping: MappingView = { state: 'unanswered' },
  ms = 1,
): Promise<Finding | undefined> {
  const asked = {
    ...{ ...patient, p2p: { host: listens, port: 9101 } },
    reach: async () => ({
      seen: { host, port: 1, localPort: 1, isSteady: true },
      checked: { status: 'success' as const, host, results: [{ port: 9101, open: false, code, ms }] },
      reach: undefined,
      mapping,
    }),
  };
  const check = reachChecks(asked, placeOf(patient.tracker)).find(({ name }) => name === 'reach');
  return check?.run(new AbortController().signal);
}

test('shut where this device does not listen, or something else at its own address: nobody is blamed', async () => {
  expect(await found('0.0.0.0', v6)).toBe('unknown');
  expect(await found('0.0.0.0', '2001:db8:1::7')).toBe('unknown');
  expect(await found('192.0.2.8', v4)).toBe('unknown');
  expect(await found(v6, v4)).toBe('unknown');
  for (const code of ['not_a_peer', 'another_device'] as const) {
    expect(await found('0.0.0.0', v4, code)).toBe('unknown');
  }
});

test('shut at an own address where it listens is a firewall; at another one it is the router', async () => {
  const firewall = { code: 'firewall_here', args: { port: 9101 } };
  for (const code of ['silent', 'refused', 'unreachable'] as const) {
    for (const listens of ['::', '0.0.0.0', v4]) expect(await found(listens, v4, code)).toEqual(firewall);
    for (const listens of ['::', v6]) expect(await found(listens, '2001:DB8:0::7', code)).toEqual(firewall);
  }
  const router = { code: 'nat_no_mapping', args: { port: 9101, address: v4 } };
  for (const listens of ['::', '0.0.0.0', v4]) expect(await found(listens, '203.0.113.5')).toEqual(router);
});

test('a router that would let in: then another one stands before it, or this computer does not let in', async () => {
  const outside = { state: 'refused', host: '100.64.3.2', behindAnother: true } as const;
  const double = { code: 'double_nat' };
  expect(await found('0.0.0.0', '203.0.113.5', 'silent', outside)).toEqual(double);
  expect(await found('0.0.0.0', '203.0.113.5', 'silent', { ...outside, state: 'mapped', port: 9101 })).toEqual(double);
  const mapped = { state: 'mapped', host: '203.0.113.5', port: 9101 } as const;
  const here = { code: 'firewall_here', args: { port: 9101 } };
  expect(await found('0.0.0.0', '203.0.113.5', 'silent', mapped)).toEqual(here);
  const elsewhere = { code: 'wrong_forward', args: { port: 9101, address: v4 } };
  expect(await found('0.0.0.0', '203.0.113.5', 'another_device', mapped)).toEqual(elsewhere);
});

test('a port that takes the tracker in and says nothing may be that of a peer that is busy: nobody is blamed', async () => {
  const at = (code: CheckCode, ms: number) => found('0.0.0.0', '203.0.113.5', code, { state: 'unanswered' }, ms);
  expect(await at('not_a_peer', CHECK_MS)).toBe('unknown');
  expect(await at('not_a_peer', 40)).toMatchObject({ code: 'wrong_forward' });
  // Whose certificate it has shown is known, however late; and no connection at all is the router's.
  expect(await at('another_device', CHECK_MS - 10)).toMatchObject({ code: 'wrong_forward' });
  expect(await at('silent', CHECK_MS)).toMatchObject({ code: 'nat_no_mapping' });
});

test('of somebody who is asked about it is told how they stand; who is linked directly is no fault', async () => {
  const codes: Readonly<Record<Other, string>> = {
    ...{ unknown: 'they_are_unknown', away: 'they_are_away', without_peer: 'they_have_no_peer' },
    ...{ not_linked: 'they_are_not_linked', relayed: 'they_are_relayed', shut_in: 'they_are_shut_in' },
    ...{ relay_off: 'relay_off', relay_full: 'relay_full', they_do_not_come: 'they_do_not_come' },
    ...{ address_hidden: 'address_hidden', hides_address: 'they_hide', linked: 'ok' },
  };
  for (const [other, code] of Object.entries(codes)) {
    const checks = reachChecks({ ...patient, other: other as Other }, placeOf(patient.tracker));
    const found = await checks.find(({ name }) => name === 'person')?.run(new AbortController().signal);
    expect([other, typeof found === 'object' ? found.code : found]).toEqual([other, code]);
  }
});

test('a device that hides its address listens to this computer alone, and is dialled by nobody: no fault', async () => {
  const local = { ...patient, p2p: { host: '127.0.0.1', port: 9101 } };
  const port = async (hidesAddress: boolean): Promise<unknown> =>
    reachChecks({ ...local, hidesAddress }, placeOf(patient.tracker))
      .find(({ name }) => name === 'port')
      ?.run(new AbortController().signal);
  expect([await port(true), await port(false)]).toEqual(['ok', { code: 'loopback_only' }]);
});
