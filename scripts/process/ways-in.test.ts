import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { parseInvite } from '../../protocol/invite.js';
import { caFingerprint } from '../../peer/settings/pins.js';
import { selfSign } from '../../tracker/authority.js';
import { waysIn } from './ways-in.js';

let ca: string;
beforeAll(async () => {
  ca = await selfSign(generateKeyPairSync('ed25519').privateKey, { randomBytes });
});

const LAN = ['192.168.1.5', '10.0.0.7'];
const url = 'http://127.0.0.1:8001';

test('a tracker that listens everywhere is reached by each address of its machine, and invites by them', () => {
  const ways = waysIn({ host: '0.0.0.0', url, ca }, LAN);
  expect(ways?.urls).toEqual(['http://192.168.1.5:8001', 'http://10.0.0.7:8001']);
  expect(parseInvite(ways?.invite ?? '')).toEqual({ trackers: ways?.urls, ca: caFingerprint(ca) });
});

test('one that listens at one address is reached there, and by what its keeper says of it first', () => {
  const own = { host: '192.168.1.5', url: 'https://192.168.1.5:8001', ca };
  expect(waysIn(own, LAN)?.urls).toEqual(['https://192.168.1.5:8001']);
  expect(waysIn({ ...own, trackers: ['https://chat.example'] }, LAN)?.urls).toEqual([
    'https://chat.example',
    'https://192.168.1.5:8001',
  ]);
});

test('of one for this machine alone, or without a network, nobody else is told', () => {
  expect(waysIn({ host: '127.0.0.1', url, ca }, LAN)).toBeUndefined();
  expect(waysIn({ host: '0.0.0.0', url, ca }, [])).toBeUndefined();
});
