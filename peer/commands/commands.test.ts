import { beforeEach, describe, expect, test } from '@jest/globals';
import { commandSchemas, type CommandName } from '../../protocol/local-api.js';
import { PASSWORD, TestPeer, channel, username } from '../local/test-services.js';
import { commandHandlers, runCommand } from './run.js';

let peer: TestPeer;
beforeEach(() => {
  peer = new TestPeer();
});

const run = (name: string, args: unknown = {}): Promise<unknown> => runCommand(peer, name, args);
const carol = { username: 'carol', presence: 'offline', link: 'none' } as const;

test('every command of the contract has a handler, and no other has one', () => {
  expect(Object.keys(commandHandlers).sort()).toEqual(Object.keys(commandSchemas).sort());
});

test('no argument takes the place of what the envelope holds', () => {
  const named = Object.values(commandSchemas).flatMap(({ properties }) => Object.keys(properties));
  expect(named.filter((name) => ['id', 'command', 'type'].includes(name))).toEqual([]);
});

describe('message.post', () => {
  test('answers the entry once it is durable', async () => {
    const data = { reply_to: 'x' };
    const result = await run('message.post', { conversation: '#general', message: ' hi ', data, client: 'mark' });
    const id = expect.stringMatching(/^[\w-]{43}$/);
    expect(result).toMatchObject({
      entry: { id, message: ' hi ', state: 'sent', client: 'mark', kind: 'text', seq: 1 },
    });
  });

  test('a second post with the same mark answers the same entry', async () => {
    const post = { conversation: '#general', message: 'hi', client: 'mark' };
    const [first, second] = await Promise.all([run('message.post', post), run('message.post', post)]);
    expect(second).toEqual(first);
    expect(peer.commits).toEqual([1]);
  });

  test('posts of one tick reach the writer in that tick, in order', async () => {
    let begun = 0;
    const { append } = peer.writer;
    peer.writer.append = (post) => {
      begun += 1;
      return append(post);
    };
    const first = run('message.post', { conversation: '#tech', message: 'x' }).catch(() => undefined);
    const second = run('message.post', { conversation: '#broadcast', message: 'x' });
    expect(begun).toBe(1);
    await Promise.all([first, second]);
    peer.commits.length = 0;
    const messages = Array.from({ length: 100 }, (_, at) => `message ${at}`);
    await Promise.all(messages.map((message) => run('message.post', { conversation: '#general', message })));
    expect(peer.commits).toEqual([100]);
    const { entries } = await runCommand(peer, 'history.page', { conversation: '#general', limit: 200 });
    expect(entries.map(({ message }) => message)).toEqual(messages);
  });

  test('somebody known can be written to before the conversation was opened; a note to oneself too', async () => {
    peer.person(carol);
    for (const conversation of ['@alice+carol', '@alice+alice']) {
      expect(await run('message.post', { conversation, message: 'hi' })).toMatchObject({ entry: { conversation } });
    }
  });

  test.each([
    ['another channel', { conversation: '#tech', message: 'hi' }, 'not_member'],
    ['others’ conversation', { conversation: '@bob+carol', message: 'hi' }, 'not_member'],
    ['nobody', { conversation: '@alice+nobody', message: 'hi' }, 'unknown_user'],
    ['unsorted names', { conversation: '@bob+alice', message: 'hi' }, 'bad_request'],
    ['no conversation id', { conversation: 'general', message: 'hi' }, 'bad_request'],
    ['nothing', { conversation: '#general', message: '' }, 'bad_request'],
    ['white space', { conversation: '#general', message: ' \n\u00a0\t' }, 'bad_request'],
    ['half a character', { conversation: '#general', message: 'x\ud800' }, 'bad_entry'],
    ['too many bytes', { conversation: '#general', message: 'é'.repeat(8193) }, 'too_large'],
    ['too much data', { conversation: '#general', message: 'x', data: { x: 'x'.repeat(40_000) } }, 'too_large'],
    ['data without canonical form', { conversation: '#general', message: 'x', data: { x: '\ud800' } }, 'bad_entry'],
    ['a NUL', { conversation: '#general', message: 'x\0y' }, 'bad_entry'],
    ['a NUL in its mark', { conversation: '#general', message: 'x', client: 'a\0b' }, 'bad_text'],
    ['what nobody sees', { conversation: '#general', message: '\u3164\u200b' }, 'bad_request'],
    ['Markdown that draws nothing', { conversation: '#general', message: '** **' }, 'bad_request'],
    ['no message', { conversation: '#general' }, 'bad_request'],
    ['no arguments at all', undefined, 'bad_request'],
    ['a list', [], 'bad_request'],
  ])('refuses %s, and nothing is written', async (_what, args, code) => {
    await expect(runCommand(peer, 'message.post', args)).rejects.toMatchObject({ code, message: expect.any(String) });
    expect(peer.commits).toEqual([]);
  });

  test('what the writer refuses with comes out as it is', async () => {
    const full = Object.assign(new Error('disk'), { name: 'ParleyError', code: 'storage_full' });
    peer.writer.append = () => Promise.reject(full);
    await expect(run('message.post', { conversation: '#general', message: 'x' })).rejects.toBe(full);
  });
});

describe('the other commands', () => {
  test('history.page gives the newest fifty unless told otherwise', async () => {
    const id = peer.join(channel('tech'));
    for (let at = 0; at < 60; at += 1) peer.receive(id, `message ${at}`);
    const page = await runCommand(peer, 'history.page', { conversation: '#tech' });
    expect([page.entries.length, page.more, page.entries[0]?.message]).toEqual([50, true, 'message 10']);
    const before = page.entries[0]?.id;
    const rest = await runCommand(peer, 'history.page', { conversation: '#tech', before, limit: 200 });
    expect([rest.entries.length, rest.more, rest.entries[0]?.message]).toEqual([10, false, 'message 0']);
  });

  test('conversation.read moves the mark to an entry that is here', async () => {
    const id = peer.join(channel('tech'));
    const [entry] = peer.add(id, username('Bob'), ['one', 'two']);
    await run('conversation.read', { conversation: id, upTo: entry?.id });
    expect(peer.conversations.get(id)).toMatchObject({ unread: 1, readUpTo: entry?.id });
    await expect(run('conversation.read', { conversation: id, upTo: 'A'.repeat(43) })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('conversation.open takes a name with or without @', async () => {
    expect(await run('conversation.open', { username: '@Bob' })).toEqual({ conversation: '@alice+bob' });
    await expect(run('conversation.open', { username: 'nobody' })).rejects.toMatchObject({ code: 'unknown_user' });
    await expect(run('conversation.open', { username: 'b b' })).rejects.toMatchObject({ code: 'bad_name' });
  });

  test('channels are joined and left; permanent ones only joined', async () => {
    expect(await run('channel.join', { channel: '#tech' })).toEqual({ conversation: '#tech' });
    expect(peer.membership.joined()).toContain('tech');
    expect(await run('channel.list')).toMatchObject({
      channels: expect.arrayContaining([expect.objectContaining({ name: 'tech' })]),
    });
    expect(await run('channel.leave', { channel: 'tech' })).toEqual({});
    expect(peer.membership.joined()).not.toContain('tech');
    await expect(run('channel.leave', { channel: 'tech' })).rejects.toMatchObject({ code: 'not_member' });
    await expect(run('channel.leave', { channel: 'general' })).rejects.toMatchObject({ code: 'permanent_channel' });
    await expect(run('channel.join', { channel: 'Tech' })).rejects.toMatchObject({ code: 'bad_channel' });
    const alike = run('channel.join', { channel: 'genera1' });
    await expect(alike).rejects.toMatchObject({ code: 'channel_confusable' });
  });

  test('peer.connect answers with the reason when there is no link', async () => {
    peer.person({ username: 'carol', presence: 'offline', link: 'none' });
    expect(await run('peer.connect', { username: 'carol', host: '::1', port: 9102 })).toEqual({});
    const stranger = run('peer.connect', { username: 'nobody', host: '::1', port: 9102 });
    await expect(stranger).rejects.toMatchObject({ code: 'unknown_user' });
    expect(await run('people.list')).toMatchObject({
      people: expect.arrayContaining([expect.objectContaining({ username: 'carol' })]),
    });
    await expect(run('peer.connect', { username: 'carol', host: '::1', port: 1 })).rejects.toMatchObject({
      message: '::1 does not answer.',
    });
    for (const host of ['', 'a b', 'http://x', 'x'.repeat(256)]) {
      await expect(run('peer.connect', { username: 'carol', host, port: 9102 })).rejects.toMatchObject({
        code: 'bad_request',
      });
    }
  });

  test('tracker.login and notice.dismiss reach their services', async () => {
    expect(await run('tracker.login', { password: PASSWORD })).toEqual({});
    await expect(run('tracker.login', { password: 'guess' })).rejects.toMatchObject({ code: 'invalid_credentials' });
    peer.notice({ id: '1', level: 'info', code: 'x', text: 'x', time: 'x' });
    expect(await run('notice.dismiss', { notice: '1' })).toEqual({});
    expect(peer.notices.list()).toEqual([]);
  });
});

describe('wrong arguments', () => {
  test.each<[CommandName, object, string]>([
    ['message.post', { conversation: 7, message: 'x' }, 'message.post: conversation must be string.'],
    ['history.page', { conversation: '#general', limit: 1.5 }, 'history.page: limit must be integer.'],
    ['history.page', { conversation: '#general', limit: 201 }, 'history.page: limit must be <= 200.'],
    [
      'history.page',
      { conversation: '#general', before: 'x' },
      'before must be the id of an entry: 43 characters of base64url.',
    ],
    ['channel.join', {}, 'channel.join: must have required properties channel.'],
    ['peer.connect', { username: 'x', host: 'x', port: 0 }, 'peer.connect: port must be >= 1.'],
  ])('%s %j: %s', async (name, args, message) => {
    await expect(run(name, args)).rejects.toMatchObject({ code: 'bad_request', message });
  });

  test.each(['#General', '#a b', '#', `#${'x'.repeat(33)}`, '#über'])(
    '%j is told as no name of a channel',
    async (name) => {
      await expect(run('message.post', { conversation: name, message: 'x' })).rejects.toMatchObject({
        code: 'bad_channel',
        message: expect.stringMatching(/^Channel names are .*Choose another one\.$/),
      });
    },
  );
  test.each(['general', '@bob', '@bob+alice'])('%j is told as no conversation', async (conversation) => {
    await expect(run('history.page', { conversation })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/^conversation must be #channel/),
    });
  });

  test.each(['rm', '', '__proto__', 'toString'])('there is no command %j', async (name) => {
    await expect(run(name)).rejects.toMatchObject({ code: 'unknown_command' });
  });
});
