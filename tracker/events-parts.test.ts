/** A part of presence over real sockets (SPEC.md section 2); what each sees is the matter of views.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { userKey, type ChannelName, type DeviceId, type Username } from '../protocol/ids.js';
import { FOLLOW_AT_ONCE_MAX, PRESENCE_FOLLOW_MAX, PRESENCE_WHOLE_MAX } from '../protocol/limits.js';
import type { PeerRecord, TrackerEvent } from '../protocol/tracker-api.js';
import { systemClock, type Clock } from './clock.js';
import { openBareEvents, type BareEvents, type BareEventsOptions } from './testing/bare-events.js';
import { EventsSocket } from './testing/events-socket.js';

let bare: BareEvents;
afterEach(() => bare.close());

type Snapshot = Extract<TrackerEvent, { type: 'snapshot' }>;
type View = Extract<TrackerEvent, { type: 'view' }>;

const isView = ({ type }: { type: string }): boolean => type === 'view';
const deviceOf = (id: number): DeviceId => `${id}`.padEnd(22, 'x') as DeviceId;
const nameOf = (id: number): Username => `user${id}` as Username;

async function open(more: Partial<BareEventsOptions> = {}): Promise<void> {
  const subscriberOf = (query: URLSearchParams) => {
    const user = userKey((query.get('user') ?? '') as Username);
    return { user, session: '', peer: undefined, asksPart: query.get('presence') === 'part' };
  };
  bare = await openBareEvents({ subscriberOf, channels: ['tea'], ...more });
}

const connect = (user: number, presence = 'part'): Promise<EventsSocket> =>
  EventsSocket.at(`${bare.url}/?user=user${user}&presence=${presence}`);

async function come(from: number, to: number, port = 1, directory = bare.directory): Promise<void> {
  const channels = ['general', 'broadcast'] as string[] as ChannelName[];
  for (let id = from; id < to; id += 1)
    await directory.submit({ username: nameOf(id), ip: '::1', port, device: deviceOf(id) }, channels);
}

/** Whom a client knows by all that it was told. */
function known({ heard }: EventsSocket): Map<string, PeerRecord> {
  const peers = new Map<string, PeerRecord>();
  for (const event of heard) {
    if (event.type === 'snapshot' || event.type === 'view')
      for (const peer of event.peers) peers.set(peer.username, peer);
    if (event.type === 'view') for (const { username } of event.unseen) peers.delete(username);
    if (event.type === 'peer_joined' || event.type === 'peer_updated') peers.set(event.peer.username, event.peer);
    if (event.type === 'peer_left') peers.delete(event.username);
  }
  return peers;
}

describe('a part of presence', () => {
  test('is all of it while few are online, and is told with the first one too many', async () => {
    await open();
    await come(0, PRESENCE_WHOLE_MAX);
    const [part, all] = [await connect(1), await connect(2, '')];
    const [[first], [second]] = [part.heard, all.heard] as [[Snapshot], [Snapshot]];
    expect(first.view).toEqual({ whole: true, follow: PRESENCE_FOLLOW_MAX });
    expect(second.view).toBeUndefined();
    expect(first.peers).toEqual(second.peers);
    expect(first.peers).toHaveLength(PRESENCE_WHOLE_MAX);

    await come(PRESENCE_WHOLE_MAX, PRESENCE_WHOLE_MAX + 1);
    const view = await part.until<View>(isView);
    expect(view).toMatchObject({ whole: false, peers: [] });
    expect(view.unseen.length).toBeGreaterThan(PRESENCE_WHOLE_MAX / 2);
    expect(known(part).size).toBe(PRESENCE_WHOLE_MAX + 1 - view.unseen.length);
    expect(known(part).has('user1')).toBe(true);
    await all.until(({ type }) => type === 'peer_joined');
    expect(known(all).size).toBe(PRESENCE_WHOLE_MAX + 1);

    // Who connects now is told of a part at once.
    const [snapshot] = (await connect(3)).heard as [Snapshot];
    expect(snapshot.view).toEqual({ whole: false, follow: PRESENCE_FOLLOW_MAX });
    expect(snapshot.peers.length).toBeLessThan(PRESENCE_WHOLE_MAX / 2);
    expect(snapshot.peers.map(({ username }) => username)).toContain('user3');
    expect(snapshot.channels.map(({ name }) => name)).toContain('tea');
  });

  test('has whom one follows, and no change of others', async () => {
    await open();
    await come(0, 1_000);
    const part = await connect(1);
    const unseen = Array.from({ length: 1_000 }, (_, id) => id).filter((id) => !known(part).has(`user${id}`));
    const [whom = 0, other = 0] = unseen;
    part.socket.send(JSON.stringify({ type: 'follow', users: [`USER${whom}`, 'nobody'] }));
    const view = await part.until<View>(isView);
    expect(view).toMatchObject({ whole: false, peers: [{ username: `user${whom}` }], unseen: [] });
    await come(other, other + 1, 2);
    await come(whom, whom + 1, 2);
    await part.until((event) => event.type === 'peer_updated' && event.peer.username === `user${whom}`);
    expect(part.heard.filter((event) => 'peer' in event)).toHaveLength(1);
    await bare.directory.remove(`d:${deviceOf(whom)}`);
    await part.until((event) => event.type === 'peer_left' && event.username === `user${whom}`);

    await come(whom, whom + 1, 3);
    await part.until((event) => event.type === 'peer_joined' && event.peer.port === 3);
    part.socket.send(JSON.stringify({ type: 'unfollow', users: [`user${whom}`] }));
    const last = await part.until<View>((event) => event.type === 'view' && event.unseen.length > 0);
    expect(last.unseen).toEqual([{ username: `user${whom}`, device: deviceOf(whom) }]);
  });

  test('is of those as well who were online at other trackers of a cluster before this one began', async () => {
    await open({ before: (directory) => come(0, 1_000, 1, directory) });
    const part = await connect(1);
    expect((part.heard as [Snapshot])[0].view).toMatchObject({ whole: false });
    expect(known(part).has('user1')).toBe(true);
    const whom = Array.from({ length: 1_000 }, (_, id) => `user${id}`).find((name) => !known(part).has(name)) ?? '';
    part.socket.send(JSON.stringify({ type: 'follow', users: [whom] }));
    expect(await part.until<View>(isView)).toMatchObject({ peers: [{ username: whom }] });
  });

  test('has the members of a channel for as long as one is in it; memberships of others are not told', async () => {
    await open();
    await come(0, 1_000);
    const alice = await bare.register(nameOf(1));
    const part = await connect(1);
    const unseen = Array.from({ length: 1_000 }, (_, id) => id).filter((id) => !known(part).has(`user${id}`));
    const members = unseen.slice(0, 100);
    for (const id of members) {
      await bare.channels.join('tea' as ChannelName, await bare.register(nameOf(id)));
      await bare.directory.setChannels(userKey(nameOf(id)), [
        'general',
        'broadcast',
        'tea',
      ] as string[] as ChannelName[]);
    }
    await bare.channels.join('tea' as ChannelName, alice);
    await part.until((event) => event.type === 'view' && event.peers.length > 50);
    expect([...known(part).keys()]).toEqual(expect.arrayContaining(members.map((id) => `user${id}`)));
    expect(part.heard.filter(({ type }) => type === 'channel_joined')).toMatchObject([{ username: 'user1' }]);
    await bare.channels.leave('tea' as ChannelName, alice);
    await part.until((event) => event.type === 'view' && event.unseen.length > 50);
    expect(members.filter((id) => known(part).has(`user${id}`)).length).toBeLessThan(50);
  });

  test('what all are told of is told, and another part of it from time to time', async () => {
    await open({ timings: { eventsRenewal: 50 } });
    await come(0, 1_000);
    const part = await connect(1);
    const before = new Set(known(part).keys());
    await part.until((event) => event.type === 'view' && event.peers.length > 0 && event.unseen.length > 0);
    expect(known(part).size).toBeLessThan(300);
    expect([...known(part).keys()].some((name) => !before.has(name))).toBe(true);
    const other = await bare.register(nameOf(2));
    await bare.channels.join('tea' as ChannelName, other);
    await bare.channels.setTopic('tea' as ChannelName, 'now', other);
    await part.until((event) => event.type === 'channel_updated' && event.channel.topic === 'now');
  });

  test('is told of anew to some in each turn, as many as there is time for', async () => {
    let [ms, turns] = [0, 0];
    const after: Clock['after'] = (wait, work) => {
      turns += 1;
      return systemClock.after(wait, work);
    };
    await open({ clock: { now: () => systemClock.now(), steady: () => (ms += 2), after } });
    await come(0, PRESENCE_WHOLE_MAX);
    const sockets = await Promise.all(Array.from({ length: 40 }, (_, id) => connect(id)));
    const before = turns;
    await come(PRESENCE_WHOLE_MAX, PRESENCE_WHOLE_MAX + 1);
    for (const socket of sockets) expect(await socket.until<View>(isView)).toMatchObject({ whole: false });
    expect(turns - before).toBeGreaterThanOrEqual(40 / 5);
  });

  test('of whom one follows is told once the snapshot has come: what is asked for before is refused as that', async () => {
    await open();
    const socket = net.connect(Number(new URL(bare.url).port), '127.0.0.1');
    const text = Buffer.from(JSON.stringify({ type: 'follow', users: ['bob'] }));
    // The request and the first message in one piece: a mask of zeros leaves the message as it is.
    const head = `GET /?user=alice&presence=part HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${'A'.repeat(22)}==\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    let heard = '';
    for await (const piece of socket) if ((heard += String(piece)).includes('"type":"error"')) break;
    expect(heard).toMatch(/"code":"bad_request","message":"A socket follows once its snapshot has come\."/);
  });

  test('messages that are none are answered, and change nothing', async () => {
    await open();
    const [part, all] = [await connect(1), await connect(2, '')];
    const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);
    const refused = async (socket: EventsSocket, message: object): Promise<void> => {
      const already = socket.heard.length;
      socket.socket.send(JSON.stringify(message));
      const isNew = (event: { type: string }) => event.type === 'error' && socket.heard.length > already;
      expect(await socket.until(isNew)).toMatchObject({ type: 'error', code: 'bad_request' });
    };
    await refused(all, { type: 'follow', users: ['user1'] });
    await refused(part, { type: 'follow' });
    await refused(part, { type: 'follow', users: [] });
    await refused(part, { type: 'follow', users: ['no name!'] });
    await refused(part, { type: 'unfollow', users: 'user1' });
    await refused(part, { type: 'follow', users: names(FOLLOW_AT_ONCE_MAX + 1) });
    for (let at = 0; at < PRESENCE_FOLLOW_MAX / FOLLOW_AT_ONCE_MAX; at += 1)
      part.socket.send(
        JSON.stringify({ type: 'follow', users: names(FOLLOW_AT_ONCE_MAX).map((name) => `${at}${name}`) }),
      );
    await refused(part, { type: 'follow', users: ['onetoomany'] });
    expect(part.socket.readyState).toBe(part.socket.OPEN);
  });
});
