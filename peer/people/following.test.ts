import { beforeEach, expect, test } from '@jest/globals';
import type { Username } from '../../protocol/ids.js';
import { FOLLOW_AT_ONCE_MAX } from '../../protocol/limits.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import { Following } from './following.js';
import { bobs, carols, device, home, record, snapshot as listed, user, view, World } from './test-directory.js';

const snapshot = (view?: { whole: boolean; follow: number }): TrackerEvent => ({
  ...{ type: 'snapshot', peers: [], channels: [] },
  ...(view && { view }),
});
const turned = (whole: boolean): TrackerEvent => ({ type: 'view', whole, peers: [], unseen: [] });
const names = (count: number, from = 0): Username[] =>
  Array.from({ length: count }, (_, at) => `user${from + at}` as Username);

let always: Username[];
let sent: [string, number][];
/** As the tracker has it. */
let followed: Set<Username>;
let following: Following;

beforeEach(() => {
  [always, sent, followed] = [names(2, 1_000), [], new Set()];
  following = new Following({
    always: () => always,
    send: (users, follows) => {
      expect(users.length).toBeLessThanOrEqual(FOLLOW_AT_ONCE_MAX);
      sent.push([follows ? 'follow' : 'unfollow', users.length]);
      for (const user of users) if (follows) followed.add(user);
      for (const user of users) if (!follows) followed.delete(user);
    },
  });
});

test('nobody is followed at an earlier tracker, nor where the tracker tells of everybody', () => {
  following.show(names(5));
  following.heard(snapshot());
  following.heard(snapshot({ whole: true, follow: 500 }));
  following.show(names(5, 5));
  expect(sent).toEqual([]);
  // Until it does not.
  following.heard(turned(false));
  expect(followed).toEqual(new Set([...always, ...names(10)]));
  following.heard(turned(true));
  following.show(names(5, 20));
  expect(followed.size).toBe(12);
});

test('what is followed is asked for once, and again on another connection', () => {
  following.heard(snapshot({ whole: false, follow: 500 }));
  following.show(names(3));
  following.show(names(3));
  following.look();
  expect(sent).toEqual([
    ['follow', 2],
    ['follow', 3],
  ]);
  always = [...always, 'new' as Username];
  following.look();
  expect(sent.at(-1)).toEqual(['follow', 1]);
  followed.clear();
  following.heard(snapshot({ whole: false, follow: 500 }));
  expect(followed).toEqual(new Set([...always, ...names(3)]));
});

test('those who were shown last are, with those the user has to do with, and never more than the tracker allows', () => {
  following.heard(snapshot({ whole: false, follow: 250 }));
  for (let from = 0; from < 1_000; from += 100) {
    following.show(names(100, from));
    expect(followed.size).toBeLessThanOrEqual(250);
  }
  expect(followed).toEqual(new Set([...always, ...names(248, 752)]));
  always = names(400, 2_000);
  following.look();
  expect(followed).toEqual(new Set([...names(200, 2_000), ...names(50, 950)]));
});

test('with each message it is looked at once whether its other party is followed', () => {
  let looks = 0;
  const counting = new Following({
    always: () => {
      looks++;
      return always;
    },
    send: () => undefined,
  });
  counting.met(user('user1000'));
  expect(looks).toBe(0);
  counting.heard(snapshot({ whole: false, follow: 500 }));
  expect(looks).toBe(1);
  for (const username of always) counting.met(username);
  expect(looks).toBe(1);
  always = [...always, user('bob')];
  counting.met(user('bob'));
  counting.met(user('bob'));
  expect(looks).toBe(2);
});

test('a tracker that allows few is asked for few', () => {
  following.heard(snapshot({ whole: false, follow: 1 }));
  following.show(names(5));
  expect(followed).toEqual(new Set(always.slice(0, 1)));
  following.heard(snapshot({ whole: false, follow: 0 }));
  expect(sent).toHaveLength(1);
});

test('of whom the tracker tells no more is not said that they have just left; whom it tells of is there', () => {
  const world = new World();
  const directory = world.open();
  directory.heard(listed(record('bob', bobs)));
  directory.linked(bobs, user('bob'), home);
  directory.heard({
    type: 'view',
    whole: false,
    peers: [record('carol', carols)],
    unseen: [{ username: 'bob', device: bobs }],
  });
  expect([view(directory, 'bob')?.link, view(directory, 'carol')?.presence]).toEqual(['linked', 'online']);
  world.now += 3600_000;
  directory.heard({ type: 'view', whole: false, peers: [], unseen: [{ username: 'carol', device: carols }] });
  expect(view(directory, 'carol')).toMatchObject({ presence: 'offline', link: 'none' });
  expect(view(directory, 'carol')?.lastSeen).toBeUndefined();
  directory.heard({ type: 'view', whole: false, peers: [], unseen: [{ username: 'nobody', device: device('n') }] });
});
