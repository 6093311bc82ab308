import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { REACTIONS_MAX } from '../../protocol/limits.js';
import { conversation, TestPeer, username } from '../local/test-services.js';
import { PostResult } from './post-result.js';
import { runCommand } from './run.js';

let peer: TestPeer;
beforeEach(() => {
  peer = new TestPeer();
});

const general = conversation('#general');
const bob = username('Bob');
const nowhere = 'A'.repeat(43);

async function post(message: string, more: object = {}): Promise<EntryView> {
  return (await runCommand(peer, 'message.post', { conversation: general, message, ...more })).entry;
}
const theirs = (message = 'theirs'): string => peer.add(general, bob, [message])[0]?.id ?? '';
const reject = (name: string, args: object) => expect(runCommand(peer, name, args)).rejects;

test('what a post answers is the same as text and as a view, whatever it says, answers, or was said of it', async () => {
  const more = [{}, { client: 'a "mark"' }, { data: { x: ['"', 'é'] } }, { replyTo: theirs('hello'), client: 'b' }];
  for (const each of more) {
    const result = await runCommand(peer, 'message.post', { conversation: general, message: 'a "text"\n', ...each });
    if (!(result instanceof PostResult)) throw new Error('it is made into text by itself');
    expect(JSON.parse(result.text())).toEqual({ entry: result.entry });
    expect(JSON.parse(JSON.stringify(result))).toEqual({ entry: result.entry });
    await runCommand(peer, 'message.react', { target: result.entry.id, emoji: '👍', on: true });
    expect(result.entry.reactions).toHaveLength(1);
    expect(JSON.parse(result.text())).toEqual({ entry: result.entry });
  }
});

describe('a reply', () => {
  test('quotes what it answers', async () => {
    const target = theirs('hello');
    const entry = await post('hi', { replyTo: target, data: { x: 1 } });
    expect(entry.data).toEqual({ x: 1, reply_to: target });
    expect(entry.reply).toEqual({ id: target, from: 'Bob', kind: 'text', message: 'hello' });
  });

  test('is refused to what is not here, elsewhere, or deleted', async () => {
    const [elsewhere] = peer.add(conversation('@alice+bob'), bob, ['private']);
    const gone = await post('gone');
    await runCommand(peer, 'message.delete', { target: gone.id });
    await reject('message.post', { conversation: general, message: 'x', replyTo: nowhere }).toMatchObject({
      code: 'not_found',
    });
    await reject('message.post', { conversation: general, message: 'x', replyTo: elsewhere?.id }).toMatchObject({
      code: 'bad_request',
    });
    await reject('message.post', { conversation: general, message: 'x', replyTo: gone.id }).toMatchObject({
      code: 'not_found',
      message: 'That message has been deleted.',
    });
  });
});

test('known people are mentioned as they write themselves, whatever the caller claims', async () => {
  expect((await post('@bob, @nobody `@alice`', { data: { mentions: ['alice'] } })).data).toEqual({ mentions: ['Bob'] });
  expect((await post('nobody', { data: { mentions: ['alice'], x: 1 } })).data).toEqual({ x: 1 });
});

test('@all and @here call in a message and in the caption of a file: in a large channel only where that is said', async () => {
  const { sha256 } = peer.files.given(Buffer.from('plan'));
  const file = async (message: string, more: object = {}) => {
    const args = { conversation: general, sha256, name: 'plan.txt', message, ...more };
    return (await runCommand(peer, 'file.post', args)).entry.data['call'];
  };
  const text = async (message: string, more: object = {}) => (await post(message, more)).data['call'];
  for (const said of [text, file]) {
    peer.fillChannel('general', 20);
    expect([await said('@here, look'), await said('`@all`'), await said('@all', { call: false })]).toEqual([
      'here',
      undefined,
      undefined,
    ]);
    peer.fillChannel('general', 21);
    expect([
      await said('@all, look'),
      await said('@all, look', { call: true }),
      await said('x', { call: true }),
    ]).toEqual([undefined, 'all', undefined]);
  }
});

describe('message.edit', () => {
  test('writes an own text anew; the same text again writes nothing', async () => {
    const { id } = await post('hello @bob');
    const edit = async (message: string) => (await runCommand(peer, 'message.edit', { target: id, message })).entry;
    expect(await edit('hello all')).toMatchObject({ id, message: 'hello all', data: {}, edited: expect.any(String) });
    expect(await edit('@bob!')).toMatchObject({ message: '@bob!', data: { mentions: ['Bob'] } });
    const commits = peer.commits.length;
    expect(await edit('@bob!')).toMatchObject({ message: '@bob!' });
    expect(peer.commits).toHaveLength(commits);
  });

  test('of a file replaces its caption, and leaves what it says of its bytes', async () => {
    const data = { name: 'plan.pdf', size: 3 };
    const [file] = peer.write(general, peer.me, [{ kind: 'file', message: 'the plan', data }]);
    const { entry } = await runCommand(peer, 'message.edit', { target: file?.id, message: 'for @bob' });
    expect(entry).toMatchObject({ kind: 'file', message: 'for @bob', data: { ...data, mentions: ['Bob'] } });
  });

  test('is refused for others’ messages, empty texts, what is gone, and what is no message', async () => {
    const own = await post('hello');
    const [join] = peer.write(general, peer.me, [{ kind: 'join', message: '', data: {} }]);
    const message = 'x';
    await reject('message.edit', { target: theirs(), message }).toMatchObject({
      code: 'forbidden',
      message: 'Only Bob can edit this message.',
    });
    await reject('message.edit', { target: own.id, message: ' ' }).toMatchObject({ code: 'bad_request' });
    await reject('message.edit', { target: own.id, message: '\ud800' }).toMatchObject({ code: 'bad_entry' });
    await reject('message.edit', { target: nowhere, message }).toMatchObject({ code: 'not_found' });
    await reject('message.edit', { target: join?.id, message }).toMatchObject({ code: 'bad_request' });
    await runCommand(peer, 'message.delete', { target: own.id });
    await reject('message.edit', { target: own.id, message }).toMatchObject({ code: 'not_found' });
  });
});

test('message.delete takes an own message back for good, and says so again', async () => {
  const { id } = await post('hello');
  await runCommand(peer, 'message.react', { target: id, emoji: '👍', on: true });
  const gone = { id, message: '', data: {}, deleted: true };
  const { entry } = await runCommand(peer, 'message.delete', { target: id });
  expect(entry).toMatchObject(gone);
  expect(entry).not.toHaveProperty('reactions');
  const commits = peer.commits.length;
  expect((await runCommand(peer, 'message.delete', { target: id })).entry).toMatchObject(gone);
  expect(peer.commits).toHaveLength(commits);
  await reject('message.delete', { target: theirs() }).toMatchObject({ code: 'forbidden' });
});

describe('message.react', () => {
  const react = async (target: string, emoji: string, on = true) =>
    (await runCommand(peer, 'message.react', { target, emoji, on })).entry.reactions;

  test('puts an emoji on and takes it off; what is so already is not written', async () => {
    const target = theirs();
    expect(await react(target, '👍')).toEqual([{ emoji: '👍', users: ['alice'] }]);
    expect(await react(target, '👍')).toEqual([{ emoji: '👍', users: ['alice'] }]);
    expect(await react(target, '👍', false)).toBeUndefined();
    expect(await react(target, '👍', false)).toBeUndefined();
    expect(peer.commits).toEqual([1, 1]);
  });

  test('takes one emoji, on a message that stands, up to a bound of different ones', async () => {
    const target = theirs();
    await reject('message.react', { target, emoji: 'lol', on: true }).toMatchObject({ code: 'bad_request' });
    await reject('message.react', { target: nowhere, emoji: '👍', on: true }).toMatchObject({ code: 'not_found' });
    for (let at = 0; at < REACTIONS_MAX; at++) await react(target, String.fromCodePoint(0x1f400 + at));
    await reject('message.react', { target, emoji: '👍', on: true }).toMatchObject({ code: 'bad_request' });
    expect(await react(target, String.fromCodePoint(0x1f400))).toHaveLength(REACTIONS_MAX);
  });
});

test('message.pin and conversation.pins: the last pinned first', async () => {
  const [a, b] = [theirs('a'), theirs('b')];
  const pin = (target: string, on = true) => runCommand(peer, 'message.pin', { target, on });
  const pins = async () =>
    (await runCommand(peer, 'conversation.pins', { conversation: general })).entries.map(({ message }) => message);
  expect((await pin(b)).entry.pinned).toMatchObject({ by: 'alice' });
  peer.nowMs += 1000;
  await pin(a);
  await pin(a);
  expect(await pins()).toEqual(['a', 'b']);
  await pin(a, false);
  expect(await pins()).toEqual(['b']);
  expect(peer.commits).toEqual([1, 1, 1]);
});

test('nothing is said in a conversation that was left', async () => {
  const id = peer.join('tech' as never);
  const [entry] = peer.add(id, peer.me, ['hello']);
  const target = entry?.id ?? '';
  const tell = (name: string, more: object = {}) => reject(name, { target, ...more });
  peer.membership.joined = () => [];
  await tell('message.edit', { message: 'x' }).toMatchObject({ code: 'not_member' });
  await tell('message.delete').toMatchObject({ code: 'not_member' });
  await tell('message.react', { emoji: '👍', on: true }).toMatchObject({ code: 'not_member' });
  await tell('message.pin', { on: true }).toMatchObject({ code: 'not_member' });
  await reject('history.entry', { entry: target }).toMatchObject({ code: 'not_member' });
});

describe('history', () => {
  test('has no rows but those of the timeline, and they look as they do now', async () => {
    const { id } = await post('hello');
    await runCommand(peer, 'message.edit', { target: id, message: 'hello!' });
    await runCommand(peer, 'message.react', { target: id, emoji: '👍', on: true });
    const page = await runCommand(peer, 'history.page', { conversation: general });
    expect(page).toMatchObject({
      entries: [{ id, message: 'hello!', reactions: [{ emoji: '👍' }] }],
      more: false,
      newer: false,
    });
    expect(peer.conversations.get(general)?.latest).toEqual(page.entries[0]);
  });

  test('says where the entry stands before which a page ends', async () => {
    const [, second] = peer.add(general, bob, ['0', '1', '2']);
    const page = { conversation: general, limit: 3 };
    expect((await runCommand(peer, 'history.page', page)).place).toBeUndefined();
    const before = await runCommand(peer, 'history.page', { ...page, before: second?.id });
    expect(before.place).toBe(second?.time);
  });

  test('goes before, after and around an entry, one of them at a time', async () => {
    const ids = peer.add(general, bob, ['0', '1', '2', '3', '4', '5', '6']).map(({ id }) => id);
    const page = async (place: object) => {
      const { entries, more, newer } = await runCommand(peer, 'history.page', {
        conversation: general,
        limit: 3,
        ...place,
      });
      return [entries.map(({ message }) => message).join(''), more, newer];
    };
    expect(await page({})).toEqual(['456', true, false]);
    expect(await page({ before: ids[2] })).toEqual(['01', false, true]);
    expect(await page({ after: ids[2] })).toEqual(['345', true, true]);
    expect(await page({ around: ids[3] })).toEqual(['234', true, true]);
    await reject('history.page', { conversation: general, before: ids[0], after: ids[1] }).toMatchObject({
      code: 'bad_request',
    });
    await reject('history.page', { conversation: general, around: nowhere }).toMatchObject({ code: 'not_found' });
  });

  test('of one entry answers with what a reaction is about', async () => {
    const target = theirs();
    const [reaction, lost] = peer.write(general, bob, [
      { kind: 'reaction', message: '', data: { target, emoji: '👍' } },
      { kind: 'delete', message: '', data: { target: nowhere } },
    ]);
    for (const id of [target, reaction?.id]) {
      expect(await runCommand(peer, 'history.entry', { entry: id })).toMatchObject({
        entry: { id: target, reactions: [{ emoji: '👍' }] },
      });
    }
    for (const id of [lost?.id, nowhere])
      await reject('history.entry', { entry: id }).toMatchObject({ code: 'not_found' });
  });
});

test('conversation.unread makes what comes from an entry on unread again', async () => {
  const [first, second] = peer.add(general, bob, ['one', 'two']);
  await runCommand(peer, 'conversation.read', { conversation: general, upTo: second?.id });
  await runCommand(peer, 'conversation.unread', { conversation: general, from: second?.id });
  expect(peer.conversations.get(general)).toMatchObject({ unread: 1, readUpTo: first?.id });
  await reject('conversation.unread', { conversation: general, from: nowhere }).toMatchObject({ code: 'not_found' });
});

describe('search', () => {
  const asked: unknown[] = [];
  beforeEach(() => {
    asked.length = 0;
    peer.history.search = async (request) => {
      asked.push(request);
      return { entries: [], more: false };
    };
  });

  test('asks for what was typed, in conversations that the user is in', async () => {
    peer.receive(conversation('@alice+bob'), 'x');
    await runCommand(peer, 'search', { query: 'deploy from:me from:@Carol in:general in:@Bob has:link', limit: 7 });
    expect(asked).toMatchObject([
      {
        words: [{ text: 'deploy', prefix: true }],
        users: ['alice', 'me', 'carol'],
        conversations: ['#general', '@alice+bob'],
        link: true,
        limit: 7,
      },
    ]);
    await runCommand(peer, 'search', { query: 'from:@me' });
    expect(asked.pop()).toMatchObject({ users: ['me'] });
    await runCommand(peer, 'search', { query: 'deploy' });
    expect(asked[1]).toMatchObject({ conversations: ['#general', '#broadcast', '@alice+bob'], users: undefined });
  });

  test('tells of filters that mean nothing', async () => {
    const result = await runCommand(peer, 'search', { query: 'x in:#secret on:never from:a+b' });
    expect(result.problems).toEqual([
      expect.stringContaining('on: takes a date'),
      expect.stringContaining('a+b is no name of a user'),
      expect.stringContaining('You are in no conversation #secret'),
    ]);
    expect(asked).toMatchObject([{ conversations: [], users: [] }]);
    expect(await runCommand(peer, 'search', { query: '-!' })).toMatchObject({
      entries: [],
      problems: [expect.any(String)],
    });
    expect(asked).toHaveLength(1);
    await reject('search', { query: 'x', after: 'y' }).toMatchObject({ code: 'bad_request' });
  });
});
