import { describe, expect, test } from '@jest/globals';
import { ApiError, createApi } from './api.js';
import { Commands } from './commands.js';

describe('commands', () => {
  test('are matched with their results, in whichever order these come', async () => {
    const sent: object[] = [];
    const commands = new Commands((frame) => sent.push(frame) > 0);
    const first = commands.run('channel.join', { channel: 'tech' });
    const second = commands.run('channel.leave', { channel: 'game' });
    expect(sent).toEqual([
      { id: 1, command: 'channel.join', channel: 'tech' },
      { id: 2, command: 'channel.leave', channel: 'game' },
    ]);
    commands.settle({ type: 'result', id: 2, ok: false, code: 'not_member', message: 'Join first.' });
    commands.settle({ type: 'result', id: 1, ok: true, conversation: '#tech' });
    commands.settle({ type: 'result', id: 99, ok: true });
    await expect(second).rejects.toMatchObject({ code: 'not_member', message: 'Join first.' });
    await expect(first).resolves.toMatchObject({ conversation: '#tech' });
  });

  test('only what was read needs no more to be known than it was told of', () => {
    const commands = new Commands(() => true);
    for (const work of [
      commands.run('message.post', { conversation: '#general', message: 'hello' }),
      commands.run('conversation.read', { conversation: '#general', upTo: 'a' }),
    ])
      work.catch(() => undefined);
    const isOrdered = (id: number): boolean => commands.isOrdered({ type: 'result', id, ok: true });
    expect([1, 2, 3].map(isOrdered)).toEqual([true, false, false]);
    commands.lost();
  });

  test('fail at once without a connection, and when it is lost', async () => {
    await expect(new Commands(() => false).run('people.list', {})).rejects.toMatchObject({ code: 'disconnected' });
    const commands = new Commands(() => true);
    const asked = commands.run('people.list', {});
    commands.lost();
    await expect(asked).rejects.toMatchObject({ code: 'disconnected' });
  });
});

describe('HTTP', () => {
  const answering = (status: number, body: string) => createApi(async () => new Response(body, { status }));

  test('asks for a page of history by conversation, limit and the entry before which', async () => {
    const paths: string[] = [];
    const api = createApi(async (path) => {
      paths.push(path);
      return new Response('{"entries":[],"more":false}');
    });
    expect(await api.history('#general', 50)).toEqual({ entries: [], more: false });
    await api.history('@a+b', 200, { before: 'x_-y' });
    expect(paths).toEqual([
      '/api/history?conversation=%23general&limit=50',
      '/api/history?conversation=%40a%2Bb&limit=200&before=x_-y',
    ]);
  });

  test('a refusal carries its code and sentence', async () => {
    const api = answering(401, '{"status":"failed","code":"invalid_credentials","message":"Try again."}');
    const error = await api.login({ password: 'x' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'invalid_credentials', message: 'Try again.' });
  });

  test.each([
    [502, '<html>', 'internal'],
    [400, '', 'bad_request'],
    [500, 'null', 'internal'],
  ])('an answer %i %j that says nothing is still an error', async (status, body, code) => {
    await expect(answering(status, body).session()).rejects.toMatchObject({ code });
  });

  test('a daemon that is away has a code of its own', async () => {
    const api = createApi(() => Promise.reject(new TypeError('fetch failed')));
    await expect(api.session()).rejects.toMatchObject({ code: 'daemon_unreachable' });
  });
});
