/** What admins do to channels, over HTTP (SPEC.md section 2), and what everybody hears of it. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { X509Certificate, verify } from 'node:crypto';
import { channelWordBytes, type ChannelWord } from '../../protocol/channel-word.js';
import { EventsSocket } from '../testing/events-socket.js';
import { expectFailure, TestTrackers, type TestTracker, type TestUser } from '../testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
let admin: TestUser;
let bob: TestUser;
let isSigned: (word: ChannelWord) => boolean;
const join = (user: TestUser, channel: string) => user.post('/add-list', { username: user.username, channel });
const act = (name: string, action: string, body: object = {}) => admin.post(`/admin/channels/${name}/${action}`, body);
const one = async (name: string) => (await admin.get(`/admin/channels/${name}`)).body['channel'];
const listed = async (user: TestUser) => {
  const { body } = await user.get('/channels');
  return body['channels'] as { name: string; word?: ChannelWord }[];
};
const lastDone = async () => ((await admin.get('/admin/audit?limit=1')).body['entries'] as object[])[0];

beforeAll(async () => {
  tracker = await trackers.start();
  [admin, bob] = await tracker.registerAll('Ada', 'bob');
  const { publicKey } = new X509Certificate(String((await tracker.fetch('/ca')).body['text']));
  isSigned = (word) => verify(null, channelWordBytes(word), publicKey, Buffer.from(word.sig, 'base64url'));
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

describe('channels', () => {
  test('are listed with who is in them, in pages and by a part of either name', async () => {
    for (const name of ['wood', 'wool', 'iron']) await join(bob, name);
    await join(admin, 'wood');
    await bob.submit({ channels: ['wood'] });
    await act('iron', 'rename', { title: '#steel' });
    const facts = { topic: '', permanent: false, by: 'bob', created: expect.stringContaining('T') };
    expect(await one('wood')).toEqual({ ...facts, name: 'wood', title: 'wood', state: 'used', members: 2, online: 1 });
    const names = async (query: string) => {
      const { body } = await admin.get(`/admin/channels?${query}`);
      return [...(body['channels'] as { title: string }[]).map(({ title }) => title), body['more']];
    };
    expect(await names('q=woo')).toEqual(['wood', 'wool', false]);
    expect(await names('q=woo&limit=1')).toEqual(['wood', true]);
    expect(await names('q=woo&limit=1&after=wood')).toEqual(['wool', false]);
    expect(await names('q=%23steel')).toEqual(['steel', false]);
    expect(await names('q=iron')).toEqual(['steel', false]);
    expect(await names('state=archived')).toEqual([false]);
    expectFailure(await admin.get('/admin/channels/nowhere'), 404, 'not_found');
    expectFailure(await admin.get('/admin/channels?limit=0'), 400, 'bad_request');
  });

  test('a new name is told with the signature of the CA, kept in the log, and unlike all others', async () => {
    await join(bob, 'tea');
    await join(bob, 'coffee');
    const events = await EventsSocket.open(bob);
    const renamed = await act('tea', 'rename', { title: 'chai' });
    expect(renamed.body).toMatchObject({ status: 'success', channel: { name: 'tea', title: 'chai' } });
    expect(await lastDone()).toMatchObject({
      by: 'Ada',
      action: 'rename_channel',
      subject: '#tea',
      detail: 'to #chai',
    });
    const heard = await events.until(
      (event) => event.type === 'channel_updated' && event.channel.word?.channel === 'tea',
    );
    const word = heard.type === 'channel_updated' ? heard.channel.word : undefined;
    expect(word).toMatchObject({ channel: 'tea', title: 'chai', state: 'used' });
    expect(word && isSigned(word)).toBe(true);
    expect(word && isSigned({ ...word, title: 'other' })).toBe(false);
    await events.close();
    // Whoever comes later gets the same word.
    expect((await listed(admin)).find(({ name }) => name === 'tea')?.word).toEqual(word);

    for (const title of ['coffee', 'c0ffee', 'general', 'genera1'])
      expectFailure(await act('tea', 'rename', { title }), 409, 'channel_confusable');
    for (const title of ['', '#', 'Chai', 'a b', 'x'.repeat(33), 'ü', 'a\nb'])
      expectFailure(await act('tea', 'rename', { title }), 400, 'bad_channel');
    expectFailure(await act('tea', 'rename', { title: 'x'.repeat(257) }), 400, 'bad_request');
    expectFailure(await act('tea', 'rename'), 400, 'bad_request');
    expectFailure(await act('nowhere', 'rename', { title: 'z' }), 404, 'not_found');
    expectFailure(await act('general', 'rename', { title: 'z' }), 403, 'permanent_channel');
    // Neither name is free, and the same once more is nothing new.
    const taken = await join(bob, 'chai');
    expectFailure(taken, 409, 'channel_confusable');
    expect(taken.body['message']).toMatch(/#tea, which is called #chai now/);
    const before = await lastDone();
    expect((await act('tea', 'rename', { title: 'chai' })).status).toBe(200);
    expect(await lastDone()).toEqual(before);
  });

  test('of many who rename to one name at once, one does', async () => {
    await Promise.all(['one', 'two', 'three'].map((name) => join(bob, name)));
    const all = await Promise.all(['one', 'two', 'three'].map((name) => act(name, 'rename', { title: 'first' })));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test('an archived one takes no topic and nobody new, until it is used again', async () => {
    await join(bob, 'attic');
    expect((await act('attic', 'archive')).body).toMatchObject({ channel: { state: 'archived', members: 1 } });
    expect(await lastDone()).toMatchObject({ action: 'archive_channel', subject: '#attic' });
    expectFailure(await bob.post('/channels/attic/topic', { topic: 'dust' }), 403, 'channel_archived');
    expectFailure(await join(admin, 'attic'), 403, 'channel_archived');
    expect((await join(bob, 'attic')).status).toBe(200);
    // A peer that names it is listed all the same.
    expect((await admin.submit({ channels: ['attic'] })).status).toBe(200);
    expect((await admin.get('/me')).body['channels']).not.toContain('attic');
    expect((await bob.post('/channels/attic/leave', {})).status).toBe(200);
    expectFailure(await join(bob, 'attic'), 403, 'channel_archived');
    expect((await act('attic', 'unarchive')).body).toMatchObject({ channel: { state: 'used' } });
    expect((await join(bob, 'attic')).status).toBe(200);
    for (const action of ['archive', 'delete']) expectFailure(await act('general', action), 403, 'permanent_channel');
  });

  test('a deleted one is on no list for good, and its name stays taken', async () => {
    await join(bob, 'cellar');
    await bob.submit({ channels: ['cellar'], port: 9102 });
    const events = await EventsSocket.open(bob);
    expect((await act('cellar', 'delete')).body).toMatchObject({ channel: { state: 'deleted', members: 0 } });
    expect(await lastDone()).toMatchObject({ action: 'delete_channel', subject: '#cellar' });
    const heard = await events.until((event) => event.type === 'channel_deleted');
    const word = heard.type === 'channel_deleted' ? heard.word : undefined;
    expect(word).toMatchObject({ channel: 'cellar', state: 'deleted' });
    expect(word && isSigned(word)).toBe(true);
    await events.close();
    const late = await EventsSocket.open(admin);
    const [snapshot] = late.heard;
    expect(snapshot).toMatchObject({ type: 'snapshot', deleted: [word] });
    await late.close();

    expect((await listed(bob)).map(({ name }) => name)).not.toContain('cellar');
    expect((await bob.get('/me')).body['channels']).not.toContain('cellar');
    expectFailure(await join(bob, 'cellar'), 410, 'channel_deleted');
    expectFailure(await join(bob, 'ce1lar'), 409, 'channel_confusable');
    expectFailure(await bob.get('/get-list?channel=cellar'), 404, 'not_found');
    expectFailure(await bob.post('/channels/cellar/topic', { topic: 'x' }), 410, 'channel_deleted');
    expect((await bob.post('/channels/cellar/leave', {})).status).toBe(200);
    expect((await bob.submit({ channels: ['cellar'] })).status).toBe(200);
    for (const action of ['archive', 'unarchive']) expectFailure(await act('cellar', action), 410, 'channel_deleted');
    expectFailure(await act('cellar', 'rename', { title: 'z' }), 410, 'channel_deleted');
    expect((await act('cellar', 'delete')).status).toBe(200);
  });

  test('that one is deleted is told once, however many were in it', async () => {
    const members = await tracker.registerAll(...Array.from({ length: 8 }, (_, n) => `member-${n}`));
    for (const [n, member] of members.entries()) {
      await join(member, 'hall');
      await member.submit({ channels: ['hall'], port: 10_000 + n });
    }
    const [events, watcher] = [await EventsSocket.open(bob), await EventsSocket.open(admin)];
    await act('hall', 'delete');
    // Who leaves the list next still has what came between behind them.
    await members[0]?.submit({ port: 10_999 });
    for (const socket of [events, watcher]) {
      const last = await socket.until((event) => event.type === 'peer_updated' && event.peer.port === 10_999);
      expect(last).toMatchObject({ peer: { username: 'member-0', channels: ['broadcast', 'general'] } });
      // How they joined may still be told; that they left is not, nor a record of theirs without it.
      const ends = ['channel_deleted', 'channel_left', 'peer_updated'];
      const told = () => socket.heard.map(({ type }) => type).filter((type) => ends.includes(type));
      await socket.until(({ type }) => type === 'channel_deleted');
      expect(told().sort()).toEqual(['channel_deleted', 'peer_updated']);
      await socket.close();
    }
    const [after] = (await bob.get('/get-list')).body['peers'] as { channels: string[] }[];
    expect(after?.channels).not.toContain('hall');
  });

  test('the pages do the same by forms, without a script', async () => {
    const user = await tracker.register('carol');
    await join(user, 'page');
    const form = (path: string, fields: Record<string, string> = {}) =>
      tracker.form(`/admin/channels/page/${path}`, fields, admin.headers);
    const text = async (path: string) => String((await admin.get(path)).body['text']);
    expect(await text('/admin-channels.html?q=pag')).toContain('<a href="admin-channel.html?name=page">#page</a>');
    expect((await tracker.fetch('/admin-channels.html', { headers: user.headers })).status).toBe(403);
    const renamed = await form('rename', { title: 'leaf' });
    expect([renamed.status, renamed.headers.get('location')]).toEqual([303, '../../../admin-channel.html?name=page']);
    expect(await text('/admin-channel.html?name=page')).toMatch(/#leaf[^]*Former name[^]*#page/);
    const refused = await form('rename', { title: 'general' });
    expect([refused.status, String(refused.body['text'])]).toEqual([
      409,
      expect.stringContaining('looks too much like'),
    ]);
    await form('archive');
    expect(await text('/admin-channel.html?name=page')).toContain('Take from the archive');
    await form('delete');
    expect(await text('/admin-channel.html?name=page')).toContain('deleted, for good');
    expect(await text('/admin-channels.html?state=deleted')).toContain('#leaf');
    expect(await text('/admin-channel.html?name=general')).toContain('cannot be renamed');
    expect(await text('/admin-log.html')).toMatch(/deleted[^<]*<strong>#page<\/strong>/);
  });
});
