/** What the CA's words on accounts and channels change in the directory. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ChannelName } from '../../protocol/ids.js';
import { bobs, home, record, snapshot, user, view, World } from './test-directory.js';

const TECH = 'tech' as ChannelName;
const tech = { name: 'tech', topic: 'Bits', members: 4, joined: false };
let world: World;
beforeEach(() => {
  world = new World();
});

describe('a person', () => {
  test('whose account is disabled is shown so, whatever is left of a link, and is asked about again when that changes', () => {
    let shut = false;
    const directory = world.open([], { disabled: (who) => shut && who === 'bob' });
    directory.heard(snapshot(record('Bob', bobs)));
    directory.linked(bobs, user('Bob'), home);
    shut = true;
    directory.changed(user('Bob'));
    expect(view(directory, 'bob')).toEqual({
      ...{ username: 'Bob', presence: 'offline', link: 'none', disabled: true, lastSeen: '2026-11-20T12:00:00.000Z' },
      reason: "Bob's account was disabled by an admin. What you write waits until it is enabled again.",
    });
    expect(directory.describe({ username: user('Bob'), lastSeen: undefined }).disabled).toBe(true);
    shut = false;
    directory.changed(user('Bob'));
    expect(world.told.slice(-2).map(({ link, disabled }) => [link, disabled])).toEqual([
      ['none', true],
      ['linked', undefined],
    ]);
  });
});

describe('a channel', () => {
  test('counts who is known here until the tracker has told, and then by its word alone', () => {
    let here = 3;
    const general = { name: 'general', topic: '', members: 7, joined: true };
    const counted = (): number | undefined => directory.channels().find(({ name }) => name === 'general')?.members;
    const directory = world.open([], { known: () => here, hidden: () => 1 });
    expect(counted()).toBe(2);
    here = 4;
    directory.channelChanged('general' as ChannelName);
    expect(counted()).toBe(3);
    directory.heard({ type: 'snapshot', peers: [], channels: [general] });
    directory.channelChanged();
    expect(counted()).toBe(6);
  });

  test('of one that is deleted there is no member, by one word for all, also where their records are older', () => {
    const gone = {
      channel: 'tech',
      title: 'tech',
      state: 'deleted',
      time: '2026-11-20T12:00:00.000Z',
      sig: '',
    } as const;
    let isDeleted = false;
    const word = (channel: string) => (isDeleted && channel === 'tech' ? gone : undefined);
    const directory = world.open([], { word });
    const channels = ['general', 'tech'];
    const peers = [record('bob', bobs, { channels }), record('carol', undefined, { channels })];
    const listed = () => [directory.listed(TECH), directory.candidates()[0]?.channels.includes(TECH)];
    directory.heard({ type: 'snapshot', peers, channels: [tech] });
    expect(listed()).toEqual([['bob', 'carol'], true]);
    isDeleted = true;
    directory.heard({ type: 'channel_deleted', channel: 'tech', word: gone });
    directory.channelChanged(TECH);
    expect(listed()).toEqual([[], false]);
    expect(world.channelsTold.at(-1)).toMatchObject({ name: 'tech', members: 0, state: 'deleted' });
    directory.heard({ type: 'snapshot', peers, channels: [], deleted: [gone] });
    expect(listed()).toEqual([[], false]);
  });
});
