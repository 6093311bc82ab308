/** History, and what is said of messages, by one client against a peer in memory. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryId } from '../../../protocol/ids.js';
import { conversation, TestPeer, username } from '../../local/test-services.js';
import { TestClient, told, type Heard } from './test-client.js';

const general = conversation('#general');
const bob = username('Bob');
const MODERN =
  'batch message-tags server-time draft/chathistory draft/read-marker draft/message-redaction echo-message';

let peer: TestPeer;
let client: TestClient;

beforeEach(() => {
  peer = new TestPeer();
  client = new TestClient(peer);
});

const commands = (lines: readonly Heard[]): string[] => lines.map(({ command }) => command);
const say = (...messages: string[]): string[] => peer.add(general, bob, messages).map(({ id }) => id);

function reactionsOf(id: string): unknown {
  const entry = peer.history.entry(id as EntryId);
  return entry && peer.history.related(entry)?.reactions;
}

describe('what is said of a message', () => {
  test('is text for a client that does not know it', async () => {
    await client.signIn('message-tags');
    const [id = ''] = say('hello there');
    peer.write(general, bob, [
      { kind: 'text', message: 'an answer', data: { reply_to: id } },
      { kind: 'edit', message: 'hello here', data: { target: id } },
      { kind: 'reaction', message: '', data: { target: id, emoji: '👍' } },
      { kind: 'delete', message: '', data: { target: id } },
    ]);
    expect((await client.take()).map(({ params }) => params[1])).toEqual([
      'hello there',
      '> Bob: (deleted)',
      'an answer',
      '[deleted] the message of 2026-11-20 06:27 UTC',
    ]);
    const [other = ''] = say('once more');
    peer.write(general, bob, [{ kind: 'edit', message: 'twice more', data: { target: other } }]);
    peer.write(general, bob, [{ kind: 'text', message: 'an answer', data: { reply_to: other } }]);
    peer.write(general, bob, [{ kind: 'reaction', message: '', data: { target: other, emoji: '👍' } }]);
    expect((await client.take()).map(({ params }) => params[1])).toEqual([
      'once more',
      '[edit] twice more',
      '> Bob: twice more',
      'an answer',
      '\x01ACTION reacted 👍 to Bob: twice more\x01',
    ]);
  });

  test('and that a program posted by a webhook bears its name and a mark', async () => {
    await client.signIn('message-tags');
    peer.write(general, bob, [{ kind: 'text', message: 'built', data: { hook: { name: 'CI\r\nQUIT' } } }]);
    const [line] = await client.take();
    expect(line).toMatchObject({ command: 'PRIVMSG', params: ['#general', '[CI QUIT (hook)] built'] });
  });

  test('is tags and REDACT for one that does', async () => {
    await client.signIn(MODERN);
    const [id = ''] = say('hello');
    peer.write(general, bob, [{ kind: 'text', message: 'an answer', data: { reply_to: id } }]);
    peer.write(general, bob, [{ kind: 'reaction', message: '', data: { target: id, emoji: '👍' } }]);
    peer.write(general, bob, [{ kind: 'delete', message: '', data: { target: id } }]);
    const [, answer, reaction, deletion] = await client.take();
    expect(answer).toMatchObject({
      command: 'PRIVMSG',
      params: ['#general', 'an answer'],
      tags: { '+draft/reply': id },
    });
    expect(reaction).toMatchObject({ command: 'TAGMSG', tags: { '+draft/reply': id, '+draft/react': '👍' } });
    expect(deletion).toMatchObject({ source: 'Bob!bob@parley', command: 'REDACT', params: ['#general', id] });
  });

  test('is tags for one that has sent such a tag: its echo is what it sent', async () => {
    await client.signIn('message-tags echo-message');
    const [id = ''] = say('hello');
    const [asText, asTags] = [['> Bob: hello', 'an answer'], ['an answer']];
    peer.write(general, bob, [{ kind: 'text', message: 'an answer', data: { reply_to: id } }]);
    expect((await client.take()).slice(1).map(({ params }) => params[1])).toEqual(asText);
    const echo = await client.send(`@+draft/reply=${id} PRIVMSG #general :an answer`);
    expect(echo.map(({ params }) => params[1])).toEqual(asTags);
    expect(echo[0]?.tags).toMatchObject({ '+draft/reply': id });
  });

  test('counts only where it may be said', async () => {
    await client.signIn(MODERN);
    const [id = ''] = say('hello');
    await client.take();
    peer.add(general, username('mallory'), ['x']);
    await client.take();
    for (const kind of ['edit', 'delete'])
      peer.write(general, username('mallory'), [{ kind, message: 'forged', data: { target: id } }]);
    expect(await client.take()).toEqual([]);
  });

  test('is written by a client', async () => {
    await client.signIn(MODERN);
    const [id = ''] = say('hello');
    await client.take();
    await client.send(`@+draft/reply=${id} PRIVMSG #general :an answer`);
    const answer = peer.history.page(general, undefined, 9).entries.at(-1);
    expect(answer?.data).toMatchObject({ reply_to: id });
    expect(commands(await client.send(`@+draft/reply=${id};+draft/react=👍 TAGMSG #general`))).toEqual(['TAGMSG']);
    expect(reactionsOf(id)).toMatchObject([{ emoji: '👍' }]);
    await client.send(`@+draft/reply=${id};+draft/unreact=👍 TAGMSG #general`);
    expect(reactionsOf(id)).toBeUndefined();
    expect(told(await client.send(`REDACT #general ${answer?.id}`))).toEqual([`REDACT #general ${answer?.id}`]);
    expect(told(await client.send(`REDACT #general ${id}`))[0]).toMatch(/^FAIL REDACT REDACT_FORBIDDEN #general/);
    expect(told(await client.send(`REDACT #general nonsense`))[0]).toMatch(/^FAIL REDACT UNKNOWN_MSGID/);
    expect(told(await client.send(`REDACT #nowhere ${id}`))[0]).toMatch(/^FAIL REDACT INVALID_TARGET #nowhere You/);
    await client.send('@+typing=active TAGMSG #general');
    expect(peer.conversations.written).toEqual([general]);
  });
});

describe('history', () => {
  const texts = (lines: readonly Heard[]): (string | undefined)[] =>
    lines.filter(({ command }) => command === 'PRIVMSG').map(({ params }) => params[1]);

  /** Ten messages, a second apart. */
  function ten(): { id: string; time: string }[] {
    return Array.from({ length: 10 }, (_, at) => {
      peer.nowMs += 1000;
      return peer.add(general, bob, [`m${at}`])[0];
    }).map((entry) => ({ id: entry?.id ?? '', time: entry?.time ?? '' }));
  }

  test('is read by id and by time', async () => {
    await client.signIn(MODERN);
    const all = ten();
    await client.take();
    const at = (n: number): { id: string; time: string } => all[n] ?? { id: '', time: '' };
    const ask = async (text: string): Promise<(string | undefined)[]> => {
      const lines = await client.send(`CHATHISTORY ${text}`);
      expect([lines[0]?.command, lines.at(-1)?.command]).toEqual(['BATCH', 'BATCH']);
      return texts(lines);
    };
    expect(await ask('LATEST #general * 3')).toEqual(['m7', 'm8', 'm9']);
    expect(await ask('LATEST #general * 300')).toHaveLength(10);
    for (const reference of [(n: number) => `msgid=${at(n).id}`, (n: number) => `timestamp=${at(n).time}`]) {
      expect(await ask(`LATEST #general ${reference(7)} 5`)).toEqual(['m8', 'm9']);
      expect(await ask(`BEFORE #general ${reference(4)} 2`)).toEqual(['m2', 'm3']);
      expect(await ask(`BEFORE #general ${reference(0)} 2`)).toEqual([]);
      expect(await ask(`AFTER #general ${reference(4)} 2`)).toEqual(['m5', 'm6']);
      expect(await ask(`AFTER #general ${reference(9)} 2`)).toEqual([]);
      expect(await ask(`AROUND #general ${reference(4)} 3`)).toEqual(['m3', 'm4', 'm5']);
      expect(await ask(`AROUND #general ${reference(4)} 1`)).toEqual(['m4']);
      expect(await ask(`BETWEEN #general ${reference(2)} ${reference(6)} 9`)).toEqual(['m3', 'm4', 'm5']);
      expect(await ask(`BETWEEN #general ${reference(6)} ${reference(2)} 2`)).toEqual(['m4', 'm5']);
    }
    expect(
      told(
        await client.send(
          'CHATHISTORY TARGETS timestamp=2026-01-01T00:00:00.000Z timestamp=2027-01-01T00:00:00.000Z 9',
        ),
        'CHATHISTORY',
      ),
    ).toEqual([`CHATHISTORY TARGETS #general ${at(9).time}`]);
  });

  test.each([
    ['CHATHISTORY LATEST #nowhere * 5', 'INVALID_TARGET'],
    ['CHATHISTORY NONSENSE #general * 5', 'INVALID_PARAMS'],
    ['CHATHISTORY LATEST #general', 'INVALID_PARAMS'],
    ['CHATHISTORY LATEST #general * x', 'INVALID_PARAMS'],
    ['CHATHISTORY BEFORE #general * 5', 'INVALID_PARAMS'],
    ['CHATHISTORY BEFORE #general timestamp=yesterday 5', 'INVALID_PARAMS'],
    ['MARKREAD #general timestamp=yesterday', 'INVALID_PARAMS'],
    ['MARKREAD #no~where', 'INVALID_PARAMS'],
    ['MARKREAD', 'NEED_MORE_PARAMS'],
  ])('%s is refused: %s', async (line, code) => {
    // Either has FAIL in its specification.
    await client.signIn('draft/chathistory draft/read-marker');
    expect((await client.send(line)).map(({ command, params }) => [command, params[1]])).toEqual([['FAIL', code]]);
  });

  test('that was not read yet is played to a client that cannot ask for it', async () => {
    ten();
    peer.nowMs += 3_600_000;
    await client.send('CAP REQ :server-time batch', 'PASS :correct horse', 'NICK alice', 'USER u 0 * :r');
    const lines = await client.send('CAP END');
    expect(texts(lines)).toEqual(Array.from({ length: 10 }, (_, at) => `m${at}`));
    const old = new TestClient(peer);
    const plain = await old.send('PASS :correct horse', 'NICK alice', 'USER u 0 * :r');
    expect(texts(plain)[0]).toBe('[2026-11-20 06:27 UTC] m0');
    await old.send('PRIVMSG #general :I have read it');
    expect(peer.conversations.get(general)?.unread).toBe(0);
  });

  test('is marked as read, for all clients', async () => {
    await client.signIn(MODERN);
    const all = ten();
    await client.take();
    const [fourth, last] = [all[4]?.time ?? '', all[9]?.time ?? ''];
    expect(told(await client.send('MARKREAD #general'))).toEqual(['MARKREAD #general *']);
    expect(told(await client.send(`MARKREAD #general timestamp=${fourth}`))).toEqual([
      `MARKREAD #general timestamp=${fourth}`,
    ]);
    expect(peer.conversations.get(general)?.unread).toBe(5);
    void peer.conversations.markRead(general, (all[9]?.id ?? '') as EntryId);
    expect(told(await client.take(), 'MARKREAD')).toEqual([`MARKREAD #general timestamp=${last}`]);
    expect(told(await client.send(`MARKREAD #general timestamp=${fourth}`))).toEqual([
      `MARKREAD #general timestamp=${last}`,
    ]);
  });
});
