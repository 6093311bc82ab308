import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import {
  alice,
  bobs,
  carols,
  contact,
  device,
  home,
  noon,
  record,
  snapshot,
  user,
  view,
  World,
} from './test-directory.js';

let world: World;
beforeEach(() => {
  world = new World();
});

describe('a person', () => {
  test('whose name only a guest is given is marked as one, unless the account is older than that rule', () => {
    const directory = world.open();
    const seen = (name: string, guest?: boolean): boolean | undefined => {
      directory.met(user(name), { username: user(name), lastSeen: noon, guest });
      return directory.person(user(name))?.guest;
    };
    expect([seen('guest-Ali', true), seen('guest-Sara'), seen('Guest_x')]).toEqual([true, true, true]);
    expect([seen('guest-old', false), seen('guestbook'), seen('Bob')]).toEqual([undefined, undefined, undefined]);
  });

  test('comes online, is linked, and goes: each told once, with its reason', () => {
    const directory = world.open();
    directory.heard(snapshot(record('alice', alice.device), record('Bob', bobs)));
    directory.heard({ type: 'peer_updated', peer: record('Bob', bobs) });
    directory.linked(bobs, user('Bob'), home);
    directory.heard({ type: 'peer_updated', peer: record('Bob', bobs, { status: 'busy' }) });
    directory.unlinked(bobs, { code: 'ECONNRESET', address: home });
    world.now += 40 * 60_000;
    directory.heard({ type: 'peer_left', username: 'Bob', device: bobs });
    expect(world.told).toEqual([
      { username: 'Bob', presence: 'online', link: 'connecting', reason: 'Bob is online: connecting.' },
      { username: 'Bob', presence: 'online', link: 'linked', path: 'direct' },
      { username: 'Bob', presence: 'busy', link: 'linked', path: 'direct' },
      {
        username: 'Bob',
        presence: 'busy',
        link: 'connecting',
        reason: 'Bob is online but the link to 192.168.1.7:9101 broke: it is made again.',
        pathWhy: { code: 'broke', address: '192.168.1.7:9101' },
      },
      {
        username: 'Bob',
        presence: 'offline',
        link: 'none',
        reason: 'Bob is offline: last seen 12:40.',
        lastSeen: '2026-11-20T12:40:00.000Z',
      },
    ]);
  });

  test.each([
    [
      'ETIMEDOUT',
      'silent',
      '192.168.1.7:9101 does not answer: a router or a firewall lets nobody in. It is enough if one of you opens the P2P port.',
    ],
    [
      'ECONNREFUSED',
      'refused',
      'nothing listens at 192.168.1.7:9101: their address may have changed; it is tried again.',
    ],
    [
      'identity_mismatch',
      'another_device',
      'somebody else answers at 192.168.1.7:9101: their address may have changed; it is tried again.',
    ],
    [
      'certificate_expired',
      'certificate_expired',
      'there is no link: the certificate does not cover this time. Check both clocks.',
    ],
    ['constructor', 'broke', 'the link to 192.168.1.7:9101 broke: it is made again.'],
  ])('that cannot be reached (%s) is shown with the reason; a new address is a new chance', (code, kind, reason) => {
    const directory = world.open();
    directory.heard(snapshot(record('bob', bobs)));
    directory.dialFailed(bobs, [{ code, address: home }]);
    expect(view(directory, 'bob')).toEqual({
      username: 'bob',
      presence: 'online',
      link: 'connecting',
      reason: `bob is online but ${reason}`,
      pathWhy: { code: kind, address: '192.168.1.7:9101' },
    });
    directory.heard({ type: 'peer_updated', peer: record('bob', bobs, { ip: '192.168.1.8' }) });
    expect(view(directory, 'bob')?.reason).toBe('bob is online: connecting.');
  });

  test('whose addresses all fail is shown with the one that tells most, of whichever device', () => {
    const directory = world.open();
    directory.heard(snapshot(record('bob', bobs), record('bob', carols)));
    const elsewhere = { code: 'ETIMEDOUT', address: { host: '10.9.9.9', port: 9101 }, elsewhere: true };
    directory.dialFailed(bobs, [elsewhere]);
    expect(view(directory, 'bob')?.reason).toMatch(
      /^bob is online but 10\.9\.9\.9:9101 is an address of another network/,
    );
    directory.dialFailed(carols, [{ code: 'ETIMEDOUT', address: { host: '2001:db8::5', port: 9101 } }, elsewhere]);
    expect(view(directory, 'bob')).toMatchObject({ pathWhy: { code: 'silent', address: '[2001:db8::5]:9101' } });
  });

  test('that is linked stays online while the tracker is away; of others nobody knows', () => {
    const directory = world.open();
    directory.heard(snapshot(record('bob', bobs), record('carol', carols)));
    directory.linked(bobs, user('bob'), home);
    directory.tracker('connecting');
    expect(view(directory, 'carol')?.presence).toBe('online');
    directory.tracker('unreachable');
    expect(view(directory, 'bob')).toEqual({ username: 'bob', presence: 'online', link: 'linked', path: 'direct' });
    expect(view(directory, 'carol')).toMatchObject({
      presence: 'offline',
      reason: expect.stringContaining('without the tracker'),
    });
    expect(directory.candidates().map((one) => [one.username, one.online])).toEqual([
      ['bob', true],
      ['carol', false],
    ]);
    directory.tracker('connecting');
    expect(view(directory, 'carol')?.presence).toBe('offline');
    directory.heard(snapshot(record('carol', carols)));
    expect(view(directory, 'bob')?.link).toBe('linked');
    expect(view(directory, 'carol')?.presence).toBe('online');
  });

  test('has one view for all devices: linked by any, as available as the most available', () => {
    const directory = world.open();
    directory.heard(snapshot(record('bob', bobs, { status: 'away' }), record('BOB', carols)));
    expect(directory.people()).toHaveLength(2);
    expect(view(directory, 'bob')?.presence).toBe('online');
    directory.linked(bobs, user('bob'), home);
    expect(view(directory, 'bob')).toEqual({ username: 'bob', presence: 'online', link: 'linked', path: 'direct' });
    directory.unlinked(bobs, { code: 'closed' });
    directory.heard({ type: 'peer_left', username: 'bob', device: bobs });
    expect(view(directory, 'bob')).toMatchObject({ presence: 'online', link: 'connecting' });
  });

  test('seen on another day is shown with the day; never seen, as that; without a peer, as that', () => {
    const directory = world.open([contact('bob', bobs, noon - 3 * 24 * 3600_000)]);
    expect(view(directory, 'bob')?.reason).toContain('17 Nov 2026, 12:00');
    directory.heard(snapshot(record('carol', carols), record('curl', undefined)));
    expect(view(directory, 'curl')).toMatchObject({
      presence: 'online',
      link: 'none',
      reason: expect.stringContaining('without a peer'),
    });
    directory.heard(snapshot());
    expect(view(directory, 'carol')?.reason).toBe('carol is offline: not seen from here yet.');
    expect(view(directory, 'curl')?.presence).toBe('offline');
  });

  test('oneself is online, whatever is away; one’s other devices are candidates', () => {
    const directory = world.open();
    expect(directory.people()).toEqual([{ username: 'alice', presence: 'online', link: 'self' }]);
    directory.heard(snapshot(record('alice', alice.device), record('alice', bobs)));
    directory.linked(alice.device, alice.username, home);
    expect(directory.candidates().map((one) => one.device)).toEqual([bobs]);
    expect(world.told).toEqual([]);
  });
});

describe('candidates', () => {
  test('last-seen addresses first, then the tracker’s, each once; online ones first, then the last seen', () => {
    const directory = world.open([contact('bob', bobs, noon - 2000), contact('carol', carols, noon - 1000)]);
    const none = directory.candidates();
    expect(none.map((one) => one.username)).toEqual(['carol', 'bob']);
    expect(none[0]).toEqual({
      username: 'carol',
      device: carols,
      addresses: [{ host: '10.0.0.2', port: 9102, source: 'last' }],
      channels: ['general', 'broadcast'],
      online: false,
    });
    const addresses = [home, { host: '10.0.0.2', port: 9102 }, { host: 'bobs-laptop.local', port: 9101 }];
    directory.heard(snapshot(record('bob', bobs, { addresses, channels: ['tech', 'general'] })));
    expect(directory.candidates()[0]).toEqual({
      username: 'bob',
      device: bobs,
      addresses: [
        { host: '10.0.0.2', port: 9102, source: 'last' },
        { ...home, source: 'seen' },
        { host: 'bobs-laptop.local', port: 9101 },
      ],
      channels: ['general', 'broadcast', 'tech'],
      online: true,
    });
  });

  test('what is no host is neither dialled nor shown', () => {
    const directory = world.open();
    const addresses = [
      { host: '\u202e', port: 1 },
      { host: 'a b', port: 1 },
      { host: 'http://x/', port: 1 },
      { host: 'fe80::1%eth0', port: 1 },
    ];
    directory.heard(snapshot(record('bob', bobs, { ip: 'a\nb', addresses }), record('carol', carols, { ip: '' })));
    expect(directory.candidates().map((one) => one.addresses)).toEqual([[{ host: 'fe80::1%eth0', port: 1 }]]);
  });

  test('contacts are world.saved when a link comes and goes, with an address that can be dialled', () => {
    const directory = world.open();
    directory.heard(snapshot(record('bob', bobs)));
    directory.linked(bobs, user('bob'), { host: '10.9.9.9', port: 9109 });
    world.now += 1000;
    directory.unlinked(bobs, { code: 'closed' });
    directory.unlinked(bobs, { code: 'closed' });
    // It dialled us: where it can be dialled, the tracker knows; or nobody.
    directory.heard({ type: 'peer_joined', peer: record('carol', carols) });
    directory.linked(carols, user('carol'), undefined);
    directory.linked(device('d'), user('dave'), undefined);
    expect(world.saved).toEqual([
      { username: 'bob', device: bobs, host: '10.9.9.9', port: 9109, lastSeen: noon },
      { username: 'bob', device: bobs, host: '10.9.9.9', port: 9109, lastSeen: noon + 1000 },
      { username: 'carol', device: carols, ...home, lastSeen: noon + 1000 },
    ]);
  });

  test('a full disk costs no link', () => {
    const full = () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    };
    const directory = world.open([], { contacts: { load: () => [], save: full } });
    directory.linked(bobs, user('bob'), home);
    expect(view(directory, 'bob')?.link).toBe('linked');
  });
});

describe('a lying tracker', () => {
  test('cannot give a proven device to another user, before or after the proof', () => {
    const directory = world.open([contact('bob', bobs, noon)]);
    directory.heard(snapshot(record('mallory', bobs), record('mallory', carols)));
    expect(directory.candidates().find((one) => one.device === bobs)?.username).toBe('bob');
    expect(view(directory, 'bob')?.presence).toBe('offline');
    directory.linked(carols, user('carol'), home);
    expect(view(directory, 'carol')?.link).toBe('linked');
    expect(view(directory, 'mallory')?.presence).toBe('offline');
    directory.heard({ type: 'peer_updated', peer: record('mallory', carols) });
    expect(view(directory, 'carol')?.link).toBe('linked');
    directory.heard({ type: 'peer_left', username: 'mallory', device: carols });
    expect(view(directory, 'carol')?.link).toBe('linked');
  });

  test('cannot fill the memory with names or devices', () => {
    const directory = world.open();
    for (let n = 0; n < 50_100; n += 1) directory.heard({ type: 'peer_joined', peer: record(`u${n}`, undefined) });
    expect(directory.people()).toHaveLength(50_000);
    for (let n = 0; n < 100; n += 1) {
      directory.heard({ type: 'peer_joined', peer: record('u1', String(n).padStart(22, 'x') as DeviceId) });
    }
    expect(directory.candidates()).toHaveLength(64);
  });
});

describe('channels', () => {
  const tech = { name: 'tech', topic: 'Bits', members: 4, joined: false };

  test('the permanent and the joined ones are there before the tracker is; what this peer joined counts', () => {
    const directory = world.open();
    expect(directory.channels().map(({ name, joined }) => [name, joined])).toEqual([
      ['general', true],
      ['broadcast', true],
      ['tech', true],
    ]);
    directory.heard({ type: 'snapshot', peers: [], channels: [tech, { ...tech, name: 'game' }] });
    directory.heard({ type: 'channel_updated', channel: { ...tech, joined: true } });
    expect(world.channelsTold).toEqual([
      { ...tech, joined: true },
      { ...tech, name: 'game' },
    ]);
    directory.setJoined(['game' as ChannelName]);
    expect(world.channelsTold.slice(2)).toEqual([tech, { ...tech, name: 'game', joined: true }]);
    directory.setJoined(['game' as ChannelName]);
    expect(world.channelsTold).toHaveLength(4);
  });
});
