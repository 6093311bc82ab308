/** One client against a peer in memory: what RFC 1459, modern.ircdocs.horse and the IRCv3 specifications have a server answer. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { conversation, channel, TestPeer, username } from '../../local/test-services.js';
import { Feeds } from './feed.js';
import { TestClient, told } from './test-client.js';

const general = conversation('#general');
const withBob = conversation('@alice+bob');

let peer: TestPeer;
let client: TestClient;

beforeEach(() => {
  peer = new TestPeer();
  client = new TestClient(peer);
});

describe('messages', () => {
  test('go out once, and come back only to who asked for that', async () => {
    await client.signIn();
    expect(await client.send('PRIVMSG #general :hello world')).toEqual([]);
    await client.send('CAP REQ :echo-message message-tags server-time account-tag');
    const [echo, ...more] = await client.send('PRIVMSG #GENERAL :hello again');
    expect(more).toEqual([]);
    const { entries } = peer.history.page(general, undefined, 10);
    expect(entries.map(({ message }) => message)).toEqual(['hello world', 'hello again']);
    expect(echo).toMatchObject({
      source: 'alice!alice@parley',
      command: 'PRIVMSG',
      params: ['#general', 'hello again'],
    });
    expect(echo?.tags).toEqual({ msgid: entries[1]?.id, time: entries[1]?.time, account: 'alice' });
  });

  test('of others come with what was asked for, and nothing else', async () => {
    await client.signIn();
    peer.add(general, username('Bob'), ['hi']);
    peer.receive(withBob, 'psst');
    const lines = (await client.take()).filter(({ command }) => command === 'PRIVMSG');
    expect(lines.map(({ text }) => text)).toEqual([
      ':Bob!bob@parley PRIVMSG #general :hi',
      ':bob!bob@parley PRIVMSG alice :psst',
    ]);
    await client.send('CAP REQ :message-tags server-time account-tag');
    peer.add(general, username('Bob'), ['hi']);
    const [line] = await client.take();
    expect(Object.keys(line?.tags ?? {}).sort()).toEqual(['account', 'msgid', 'time']);
  });

  test.each([
    ['PRIVMSG nobody :x', '401'],
    ['PRIVMSG no!body :x', '401'],
    ['PRIVMSG #nowhere :x', '404'],
    ['PRIVMSG #no~where :x', '403'],
    ['PRIVMSG', '411'],
    ['PRIVMSG bob', '412'],
    ['PRIVMSG bob :', '412'],
    ['PRIVMSG a,b,c,d,e :x', '407'],
    // IRCv3 message-tags has it answered as PRIVMSG is.
    ['@+typing=active TAGMSG #nowhere', '404'],
    ['TAGMSG no!body', '401'],
    ['REDACT #general', '461'],
  ])('%s is %s', async (line, code) => {
    await client.signIn();
    expect((await client.send(line)).map(({ command }) => command)).toEqual([code]);
    expect(client.failures).toEqual([]);
  });

  test.each([
    'NOTICE nobody :x',
    'NOTICE no!body :x',
    'NOTICE #nowhere :x',
    'NOTICE #no~where :x',
    'NOTICE',
    'NOTICE bob',
    'NOTICE bob :',
    'NOTICE a,b,c,d,e :x',
    'NOTICE bob :\x01VERSION x\x01',
    `NOTICE bob :${'x'.repeat(600)}`,
    '@batch=9 NOTICE #general :x',
  ])('nothing answers a notice, whatever is wrong with it: %.30s', async (line) => {
    expect(await client.send('NOTICE bob :before signing in')).toEqual([]);
    await client.signIn('batch labeled-response message-tags echo-message draft/multiline');
    expect(await client.send(line)).toEqual([]);
    // A label is acknowledged: who sent it waits for that.
    const labelled = line.startsWith('@') ? line.replace('@', '@label=a;') : `@label=a ${line}`;
    const answers = line.length > 600 ? [] : ['ACK'];
    expect((await client.send(labelled)).map(({ command }) => command)).toEqual(answers);
    expect(client.failures).toEqual([]);
  });

  test('nor one that is no UTF-8, or is of several lines', async () => {
    await client.signIn('batch message-tags draft/multiline standard-replies');
    await client.bytes(Buffer.from([...Buffer.from('NOTICE bob :'), 0xff, 13, 10]));
    const lines = ['BATCH +1 draft/multiline #nowhere', '@batch=1 NOTICE #nowhere :x', 'BATCH -1'];
    expect(await client.send(...lines)).toEqual([]);
    expect((await client.send(...lines.map((line) => line.replace('NOTICE', 'PRIVMSG')))).length).toBe(1);
  });

  test('ACTION, NOTICE and colours cross, other CTCP does not', async () => {
    await client.signIn('echo-message message-tags');
    const lines = await client.send(
      'PRIVMSG #general :\x01ACTION waves\x01',
      'NOTICE #general :beep',
      'PRIVMSG #general :a\x02b\x0304,05c\x0f\td',
    );
    expect(lines.map(({ command, params }) => [command, params[1]])).toEqual([
      ['PRIVMSG', '\x01ACTION waves\x01'],
      ['NOTICE', 'beep'],
      ['PRIVMSG', 'abc d'],
    ]);
    expect(peer.history.page(general, undefined, 10).entries.map(({ message }) => message)).toEqual([
      '_waves_',
      'beep',
      'abc d',
    ]);
    expect((await client.send('PRIVMSG bob :\x01VERSION\x01'))[0]).toMatchObject({
      command: 'FAIL',
      params: ['PRIVMSG', 'CANNOT_SEND', expect.any(String)],
    });
  });

  test('cannot hold a line of their own: not their text, nor topics, nor names', async () => {
    await client.signIn('extended-join');
    peer.add(general, username('Bob'), ['one\r\nQUIT :two\n\n\0three\x01ACTION x\x01']);
    peer.person({ username: 'Bob', presence: 'online', link: 'linked', name: 'B\r\nQUIT' });
    await peer.membership.setTopic(channel('general'), 'a\r\nQUIT');
    const lines = [
      ...(await client.take()),
      ...(await client.send('WHOIS bob', 'TOPIC #general', 'LIST', 'WHO #general')),
    ];
    expect(lines.map(({ command }) => command)).not.toContain('QUIT');
    for (const { text } of lines) expect(text).not.toMatch(/[\r\n\0]/);
    expect(told(lines, 'PRIVMSG')).toEqual([
      'PRIVMSG #general one',
      'PRIVMSG #general QUIT :two',
      'PRIVMSG #general threeACTION x',
    ]);
  });

  test('that are long are split between words, and one of many lines is bounded', async () => {
    await client.signIn('message-tags');
    const text = 'wörd '.repeat(400).trimEnd();
    peer.add(general, username('Bob'), [text]);
    const parts = await client.take();
    expect(parts.every((line) => Buffer.byteLength(line.text.slice(line.text.indexOf(':Bob'))) <= 510)).toBe(true);
    expect(parts.map(({ params }) => params[1]).join('')).toBe(text);
    expect(parts.map(({ tags }) => 'msgid' in tags)).toEqual([true, ...parts.slice(1).map(() => false)]);
    peer.add(general, username('Bob'), ['x\n'.repeat(5000)]);
    const lines = await client.take();
    expect(lines).toHaveLength(64);
    expect(lines.at(-1)?.params[1]).toMatch(/more lines/);
  });

  test('of several lines are one, with draft/multiline', async () => {
    await client.signIn('batch message-tags draft/multiline echo-message labeled-response');
    const lines = await client.send(
      '@label=x BATCH +1 draft/multiline #general',
      '@batch=1 PRIVMSG #general :one',
      '@batch=1 PRIVMSG #general :',
      '@batch=1 PRIVMSG #general :two ',
      '@batch=1;draft/multiline-concat PRIVMSG #general :three',
      'BATCH -1',
    );
    expect(peer.history.page(general, undefined, 10).entries.map(({ message }) => message)).toEqual([
      'one\n\ntwo three',
    ]);
    expect(lines[0]).toMatchObject({ command: 'BATCH', tags: { label: 'x', msgid: expect.any(String) } });
    expect(lines.slice(1, -1).map(({ params }) => params[1])).toEqual(['one', '', 'two three']);
    expect(lines.at(-1)).toMatchObject({ command: 'BATCH', params: [`-${lines[0]?.params[0]?.slice(1)}`] });
  });

  test.each([
    [['@batch=9 PRIVMSG #general :x'], 'MULTILINE_INVALID'],
    [['BATCH +1 draft/multiline #general', '@batch=1 PRIVMSG #other :x'], 'MULTILINE_INVALID_TARGET'],
    [['BATCH +1 draft/multiline #general', '@batch=1 JOIN #general'], 'MULTILINE_INVALID'],
    [['BATCH +1 draft/multiline #general', '@batch=1;draft/multiline-concat PRIVMSG #general :'], 'MULTILINE_INVALID'],
    [
      ['BATCH +1 draft/multiline #general', ...Array<string>(257).fill('@batch=1 PRIVMSG #general :x')],
      'MULTILINE_MAX_LINES',
    ],
    [
      ['BATCH +1 draft/multiline #general', ...Array<string>(40).fill(`@batch=1 PRIVMSG #general :${'x'.repeat(450)}`)],
      'MULTILINE_MAX_BYTES',
    ],
    [['BATCH +1 nonsense'], 'UNKNOWN_TYPE'],
    [['BATCH -1'], 'MULTILINE_INVALID'],
  ])('%j are told why not, once', async (lines, code) => {
    await client.signIn('batch message-tags draft/multiline');
    expect((await client.send(...lines)).map(({ command, params }) => [command, params[1]])).toEqual([['FAIL', code]]);
    await client.send('BATCH -1');
    expect(peer.history.page(general, undefined, 10).entries).toEqual([]);
  });
});

describe('a label', () => {
  const caps = 'batch labeled-response echo-message message-tags';

  test('is on one line, on a batch of several, or on an ACK', async () => {
    await client.signIn(caps);
    expect((await client.send('@label=a PING x'))[0]).toMatchObject({ command: 'PONG', tags: { label: 'a' } });
    expect((await client.send('@label=b PONG x'))[0]).toMatchObject({ command: 'ACK', tags: { label: 'b' } });
    const lines = await client.send('@label=c WHOIS bob');
    const ref = lines[0]?.params[0]?.slice(1);
    expect(lines[0]).toMatchObject({ command: 'BATCH', params: [`+${ref}`, 'labeled-response'], tags: { label: 'c' } });
    expect(lines.slice(1, -1).every(({ tags }) => tags['batch'] === ref && !('label' in tags))).toBe(true);
    expect(lines.at(-1)).toMatchObject({ command: 'BATCH', params: [`-${ref}`] });
  });

  test('is on the echo, and of a message to oneself on one of two', async () => {
    await client.signIn(caps);
    expect(
      (await client.send('@label=a PRIVMSG #general :x')).map(({ command, tags }) => [command, tags['label']]),
    ).toEqual([['PRIVMSG', 'a']]);
    expect((await client.send('@label=b PRIVMSG alice :x')).map(({ tags }) => tags['label']).sort()).toEqual([
      'b',
      undefined,
    ]);
    expect(
      (await client.send('@label=c PRIVMSG nobody :x')).map(({ command, tags }) => [command, tags['label']]),
    ).toEqual([['401', 'c']]);
  });
});

test('two clients of one user see the same, each once', async () => {
  const feeds = new Feeds();
  client = await new TestClient(peer, feeds).signIn();
  const other = await new TestClient(peer, feeds).signIn('echo-message');
  await client.send('PRIVMSG bob :from the one', 'JOIN #tea');
  expect(told(await other.take(), 'PRIVMSG', 'JOIN')).toEqual([
    'PRIVMSG Bob :from the one'.replace(' :', ' '),
    'JOIN #tea',
  ]);
  expect(told(await other.send('PRIVMSG #tea :from the other'))).toEqual(['PRIVMSG #tea from the other']);
  expect(told(await client.take())).toEqual(['PRIVMSG #tea from the other']);
  client.session.gone();
  await other.send('QUIT');
  expect(peer.events.listenerCount('entries')).toBe(0);
});
