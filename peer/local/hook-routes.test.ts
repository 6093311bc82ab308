/** Incoming webhooks: whoever has the secret may post, as Slack's senders do, and nobody else (SPEC.md section 8). */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../commands/run.js';
import { rawAnswer, requestText, TestDoor } from './test-socket.js';
import { conversation } from './test-services.js';

let local: TestDoor;
let path: string;
let id: string;
beforeEach(async () => {
  local = await TestDoor.start();
  const made = await runCommand(local.peer, 'hook.create', { direction: 'in', name: 'CI', conversation: '#general' });
  path = made.path ?? '';
  id = made.hook.id;
});
afterEach(() => local.stop());

const json = { 'content-type': 'application/json' };
const send = (body: string, headers: Record<string, string> = json, to = path): Promise<Response> =>
  local.fetch(to, { method: 'POST', body, headers });
const posted = () => local.peer.history.page(conversation('#general'), undefined, 10).entries;

test('a program posts, and is marked by the name that it gives itself', async () => {
  const answer = await send(JSON.stringify({ text: 'build 7 is &lt;green&gt;', username: 'Bob\u202e\nthe builder' }));
  expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
  expect(posted()).toMatchObject([
    { from: 'alice', message: 'build 7 is <green>', data: { hook: { name: 'Bob the builder' } } },
  ]);
  await send('{"text":"again"}');
  expect(posted().at(-1)).toMatchObject({ data: { hook: { name: 'CI' } } });
});

test.each([
  ['as a form with a payload', 'payload=%7B%22text%22%3A%22hi%22%7D', 'application/x-www-form-urlencoded'],
  ['as JSON that calls itself a form, as curl does', '{"text":"hi"}', 'application/x-www-form-urlencoded'],
  ['as JSON that calls itself text', '{"text":"hi"}', 'text/plain'],
])('%s', async (_what, body, type) => {
  expect((await send(body, { 'content-type': type })).status).toBe(200);
  expect(posted()).toMatchObject([{ message: 'hi' }]);
});

test('attachments are quotes', async () => {
  const attachment = {
    ...{ pretext: 'Look:', title: 'Deploy', title_link: 'https://ci.test/7', text: 'one\ntwo <https://a.test|here>' },
    fields: [{ title: 'Branch', value: 'main' }, { value: 3 }],
  };
  await send(JSON.stringify({ text: 'Done', attachments: [attachment, { fallback: 'old' }] }));
  expect(posted()[0]?.message).toBe(
    'Done\n\nLook:\n> **[Deploy](https://ci.test/7)**\n> one\n> two [here](https://a.test)\n> Branch: main\n> 3\n\n> old',
  );
});

describe('refused is', () => {
  test.each([
    ['what is no JSON', '{"text":', 400],
    ['a list', '[1]', 400],
    ['nothing to say', '{"text":"  "}', 400],
    ['a text of another kind', '{"text":{"a":1}}', 400],
    ['too many attachments', JSON.stringify({ attachments: Array.from({ length: 21 }, () => ({ text: 'x' })) }), 400],
    ['too much', JSON.stringify({ text: 'x'.repeat(200_000) }), 413],
  ])('%s', async (_what, body, status) => {
    expect((await send(body)).status).toBe(status);
    expect(posted()).toEqual([]);
  });

  test('a page of another origin, whatever it calls itself; a program by any name of this machine is not', async () => {
    const raw = async (headers: Record<string, string>, to = path): Promise<string> => {
      const body = '{"text":"hi"}';
      const all = { host: 'build.lan:9000', ...json, 'content-length': String(body.length), ...headers };
      return (await rawAnswer(local.server.port, requestText(`POST ${to}`, all, body))).slice(9, 12);
    };
    expect(await raw({ origin: 'https://evil.test' })).toBe('403');
    expect(await raw({ origin: 'null' })).toBe('403');
    expect(await raw({ 'sec-fetch-site': 'cross-site' })).toBe('403');
    // As a page does that has pointed its own name here.
    expect(await raw({ origin: 'http://build.lan:9000', 'sec-fetch-site': 'same-origin' })).toBe('403');
    expect(posted()).toEqual([]);
    expect(await raw({})).toBe('200');
    // That holds for hooks alone.
    expect(await raw({}, '/api/login')).toBe('403');
  });

  test('a secret that is not known, and after some tries each of them', async () => {
    const statuses = [];
    for (let n = 0; n < 31; n += 1) statuses.push((await send('{"text":"hi"}', json, '/hooks/guess')).status);
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
    expect(statuses[30]).toBe(429);
  });

  test('one that posts without end, and goes on after a minute', async () => {
    for (let n = 0; n < 60; n += 1) expect((await send('{"text":"hi"}')).status).toBe(200);
    expect((await send('{"text":"hi"}')).status).toBe(429);
    local.peer.nowMs += 60_001;
    expect((await send('{"text":"hi"}')).status).toBe(200);
  });

  test('one that was revoked', async () => {
    await runCommand(local.peer, 'hook.revoke', { hook: id });
    expect((await send('{"text":"hi"}')).status).toBe(401);
    expect(await runCommand(local.peer, 'hook.list', {})).toEqual({ hooks: [] });
    await expect(runCommand(local.peer, 'hook.revoke', { hook: id })).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('the list tells no secret', async () => {
  const out = { direction: 'out', name: 'bot', url: 'https://bot.test/x' };
  const { secret } = await runCommand(local.peer, 'hook.create', out);
  const { hooks } = await runCommand(local.peer, 'hook.list', {});
  expect(hooks).toMatchObject([
    { name: 'CI', direction: 'in', conversation: '#general' },
    { name: 'bot', direction: 'out', url: 'https://bot.test/x' },
  ]);
  const all = JSON.stringify(hooks);
  expect(all).not.toContain(secret);
  expect(all).not.toContain(path.slice('/hooks/'.length));
});

test.each([
  ['without a conversation', { direction: 'in', name: 'a' }],
  ['without an address', { direction: 'out', name: 'a' }],
  ['to an address with a password', { direction: 'out', name: 'a', url: 'https://u:p@bot.test/' }],
  ['to another kind of address', { direction: 'out', name: 'a', url: 'file:///etc/passwd' }],
  ['by a name that nobody sees', { direction: 'in', name: '\u200b', conversation: '#general' }],
])('none is made %s', async (_what, asked) => {
  await expect(runCommand(local.peer, 'hook.create', asked)).rejects.toMatchObject({ code: 'bad_request' });
});
