import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import { Alleged, ALLEGED_MAX, ALLEGED_PER_HOST_MAX, STRANGERS_MAX, withAlleged } from './alleged.js';
import { announcements, txtOf } from './announcement.js';
import { isForOthers, lanInterfaces } from './lan.js';

const device = (n: number | string): DeviceId => String(n).padStart(22, '0') as DeviceId;
const ca = 'fingerprint-of-the-authority';
const name = (id: DeviceId): string => `${id}._parley._tcp.local`;

function packet(id: DeviceId, port: unknown, txt: Record<string, string>, ttl = 120): object {
  const data = Object.entries(txt).map(([key, value]) => Buffer.from(`${key}=${value}`));
  return {
    answers: [{ type: 'SRV', name: name(id), ttl, data: { port, target: 'a.local' } }],
    additionals: [{ type: 'TXT', name: name(id), ttl, data }],
  };
}

describe('an announcement', () => {
  const txt = txtOf(device(1), ca);

  test('names no user, and tells where a device of this tracker listens, or that it goes', () => {
    expect(txt).toEqual({ v: '1', d: device(1), ca: ca.slice(0, 16) });
    expect(announcements(packet(device(1), 9101, txt), ca)).toEqual([{ device: device(1), port: 9101, gone: false }]);
    expect(announcements(packet(device(1), 9101, txt, 0), ca)).toMatchObject([{ gone: true }]);
  });

  test.each([
    ['of another tracker', packet(device(1), 9101, { ...txt, ca: 'another' })],
    ['of another version', packet(device(1), 9101, { ...txt, v: '2' })],
    ['without a device', packet(device(1), 9101, { v: '1', ca: ca.slice(0, 16) })],
    ['of a device that is none', packet(device(1), 9101, { ...txt, d: 'x' })],
    ['with a port that is none', packet(device(1), 70_000, txt)],
    ['with a port that is text', packet(device(1), '9101', txt)],
    ['of another service', { answers: [{ type: 'SRV', name: 'x._http._tcp.local', data: { port: 1 } }] }],
    ['without text', { answers: [{ type: 'SRV', name: name(device(1)), data: { port: 1 } }] }],
    ['of nonsense', { answers: [null, 1, { type: 'TXT', name: name(device(1)), data: [null, 7, Buffer.alloc(300)] }] }],
    ['that is no packet', 'hello'],
    ['that is null', null],
    ['with answers that are none', { answers: { length: 1e9 } }],
  ])('%s is passed over', (_what, bad) => {
    expect(announcements(bad, ca)).toEqual([]);
  });
});

describe('alleged addresses', () => {
  test('are offered until the host that announced them takes them back', () => {
    const alleged = new Alleged();
    const [here, there] = [
      { host: '10.0.0.1', port: 1, source: 'alleged' },
      { host: '10.0.0.2', port: 2, source: 'alleged' },
    ] as const;
    expect(alleged.heard(device(1), here)).toBe(true);
    expect(alleged.heard(device(1), { ...here })).toBe(false);
    expect(alleged.heard(device(1), there)).toBe(true);
    expect(alleged.addresses(device(1))).toEqual([there, here]);
    alleged.gone(device(1), { host: '10.0.0.9', port: 1 });
    alleged.gone(device(1), here);
    expect(alleged.addresses(device(1))).toEqual([there]);
    alleged.gone(device(1), there);
    expect(alleged.size).toBe(0);
    expect(alleged.heard(device(1), here)).toBe(true);
  });

  test('come after those that there is a reason to believe', () => {
    const alleged = new Alleged();
    const known = { device: device(1), addresses: [{ host: 'home', port: 1 }] };
    alleged.heard(device(1), { host: '10.0.0.1', port: 1 });
    alleged.heard(device(1), { host: 'home', port: 1 });
    expect(withAlleged([known, { ...known, device: device(2) }], alleged)).toEqual([
      { device: device(1), addresses: [known.addresses[0], { host: '10.0.0.1', port: 1, source: 'alleged' }] },
      { ...known, device: device(2) },
    ]);
  });

  test('are bounded: of one host, in all, and in what is tried at a time, where each has its turn', () => {
    const alleged = new Alleged();
    for (let n = 0; n < 2 * ALLEGED_MAX; n++) alleged.heard(device(n), { host: '10.0.0.1', port: 1 });
    expect(alleged.size).toBe(ALLEGED_PER_HOST_MAX);
    for (let n = 0; n < 2 * ALLEGED_MAX; n++) alleged.heard(device(n), { host: `host-${n}`, port: 1 });
    expect(alleged.size).toBe(ALLEGED_MAX);
    const tried = new Set<DeviceId>();
    for (let round = 0; round < ALLEGED_MAX / STRANGERS_MAX + 1; round++) {
      const strangers = alleged.strangers(() => false);
      expect(strangers).toHaveLength(STRANGERS_MAX);
      for (const stranger of strangers) {
        tried.add(stranger.device);
        alleged.failed(stranger.device);
      }
    }
    expect(tried.size).toBe(ALLEGED_MAX);
    expect(alleged.strangers(() => true)).toEqual([]);
  });
});

test('interfaces: those on which the port can be reached', () => {
  const on = (address: string, internal = false): NetworkInterfaceInfo[] => [
    { address, internal, netmask: '', mac: '', cidr: null, family: 'IPv4' },
  ];
  const all = { lo: on('127.0.0.1', true), eth0: on('10.0.0.5'), wlan0: on('192.168.1.5') };
  expect(lanInterfaces('0.0.0.0', all)).toEqual(['10.0.0.5', '192.168.1.5']);
  expect(lanInterfaces('10.0.0.5', all)).toEqual(['10.0.0.5']);
  expect(lanInterfaces('127.0.0.1', all)).toEqual(['127.0.0.1']);
  expect(lanInterfaces('10.9.9.9', all)).toEqual([]);
  expect(['127.0.0.1', '::1', '0.0.0.0', '10.0.0.5'].map(isForOthers)).toEqual([false, false, true, true]);
});
