/** The beginning of a connection: who one is, and what one asks for (RFC 1459, IRCv3 capability negotiation, SASL). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { TestPeer } from '../../local/test-services.js';
import { PASSWORD, TestClient, told } from './test-client.js';

const plainText = (user: string, password: string): string => Buffer.from(`\0${user}\0${password}`).toString('base64');

let peer: TestPeer;
let client: TestClient;

beforeEach(() => {
  peer = new TestPeer();
  client = new TestClient(peer);
});

describe('signing in', () => {
  test('by PASS, NICK and USER, under the name of the account', async () => {
    const lines = await client.send(`PASS ${PASSWORD}`, 'NICK someone', 'USER alice 0 * :Real');
    expect(told(lines, '001')).toEqual(['001 alice Welcome to Parley, alice!alice@parley']);
    expect(lines.map(({ command }) => command)).toEqual(
      expect.arrayContaining(['002', '003', '004', '005', '251', '255', '375', '372', '376', 'JOIN', '353', '366']),
    );
    expect(lines.find(({ command }) => command === 'NICK')).toMatchObject({
      source: 'someone!someone@parley',
      params: ['alice'],
    });
    expect(told(lines, 'JOIN')).toEqual(['JOIN #general', 'JOIN #broadcast']);
    const tokens = lines.filter(({ command }) => command === '005').flatMap(({ params }) => params);
    expect(tokens).toEqual(
      expect.arrayContaining(['CASEMAPPING=ascii', 'CHANTYPES=#', 'UTF8ONLY', 'WHOX', 'MONITOR=200']),
    );
  });

  test.each([
    ['a password with the name of the account before it', `alice:${PASSWORD}`, 'nobody'],
    ['a token', 'token', 'alice'],
  ])('by %s', async (_what, pass, nick) => {
    const named = pass.includes(':') ? pass : pass;
    expect(told(await client.send(`PASS :${named}`, `NICK ${nick}`, 'USER u 0 * :r'), '001')).toHaveLength(
      nick === 'alice' || pass.includes(':') ? 1 : 0,
    );
  });

  test.each([['wrong password'], ['']])('not with %j: it is told, and closed', async (password) => {
    const lines = await client.send(...(password ? [`PASS :${password}`] : []), 'NICK alice', 'USER u 0 * :r');
    expect(lines.map(({ command }) => command)).toEqual(['464', 'ERROR']);
    expect(client.closed).toBe(true);
  });

  test('by SASL PLAIN, within capabilities', async () => {
    expect(told(await client.send('CAP LS 302'), 'CAP').join(' ')).toMatch(/ sasl=PLAIN /);
    expect(told(await client.send('CAP REQ :sasl server-time'))).toEqual(['CAP * ACK sasl server-time']);
    expect((await client.send('NICK alice', 'USER u 0 * :r')).length).toBe(0);
    expect((await client.send('AUTHENTICATE PLAIN'))[0]?.text).toBe('AUTHENTICATE +');
    expect(told(await client.send(`AUTHENTICATE ${plainText('alice', 'wrong')}`))[0]).toMatch(/^904 /);
    await client.send('AUTHENTICATE PLAIN');
    const done = await client.send(`AUTHENTICATE ${plainText('ALICE', PASSWORD)}`);
    expect(done.map(({ command }) => command)).toEqual(['900', '903']);
    expect(told(await client.send('CAP END'), '001')).toHaveLength(1);
    expect(told(await client.send('AUTHENTICATE PLAIN'))[0]).toMatch(/^907 /);
  });

  test.each([
    ['AUTHENTICATE SCRAM-SHA-256', ['908', '904']],
    ['AUTHENTICATE *', ['906']],
  ])('%s is refused as SASL says', async (line, codes) => {
    await client.send('CAP LS 302', 'CAP REQ sasl');
    expect((await client.send(line)).map(({ command }) => command)).toEqual(codes);
  });

  test.each(['!', 'AAAA', plainText('alice', ''), 'A'.repeat(401)])('%j is no answer to it', async (response) => {
    await client.send('CAP REQ sasl', 'AUTHENTICATE PLAIN');
    expect((await client.send(`AUTHENTICATE ${response}`))[0]?.command).toMatch(/^90[45]$/);
  });

  test('what is too long in one line or in all is told apart', async () => {
    await client.send('CAP REQ sasl', 'AUTHENTICATE PLAIN');
    expect(told(await client.send(`AUTHENTICATE ${'A'.repeat(401)}`))[0]).toMatch(/^905 /);
    const chunk = `AUTHENTICATE ${'A'.repeat(400)}`;
    await client.send('AUTHENTICATE PLAIN');
    expect(await client.send(chunk, chunk, chunk, chunk)).toEqual([]);
    expect(told(await client.send(chunk))[0]).toMatch(/^904 /);
  });

  test('nothing else is answered before', async () => {
    for (const line of ['JOIN #general', 'PRIVMSG bob :x', 'LIST', 'NOTHING'])
      expect((await client.send(line)).map(({ command }) => command)).toEqual(['451']);
    expect(told(await client.send('PING x'))).toEqual(['PONG irc.parley x']);
    expect((await client.send('NICK'))[0]?.command).toBe('431');
    for (const nick of ['*', '#a', '1a', '-a', 'ü', 'a'.repeat(40), 'a!b'])
      expect((await client.send(`NICK ${nick}`))[0]?.command).toBe('432');
    expect((await client.send('USER a 0 *'))[0]?.command).toBe('461');
    expect((await client.send('USER a 0 * :'))[0]?.command).toBe('461');
  });

  test('the nick stays that of the account', async () => {
    await client.signIn();
    expect((await client.send('NICK other')).map(({ command }) => command)).toEqual(['447']);
    expect((await client.send('NICK bob')).map(({ command }) => command)).toEqual(['433']);
    expect(await client.send('NICK alice')).toEqual([]);
    expect((await client.send('USER a 0 * :r'))[0]?.command).toBe('462');
    expect((await client.send('PASS x'))[0]?.command).toBe('462');
  });
});

describe('capabilities', () => {
  test('are all or none, listed, and given back', async () => {
    expect(told(await client.send('CAP REQ :server-time nonsense'))).toEqual(['CAP * NAK server-time nonsense']);
    expect(told(await client.send('CAP LIST'))).toEqual(['CAP * LIST ']);
    await client.send('CAP REQ :server-time echo-message');
    expect(told(await client.send('CAP REQ :-server-time'))).toEqual(['CAP * ACK -server-time']);
    expect(told(await client.send('CAP LIST'))).toEqual(['CAP * LIST echo-message']);
    expect((await client.send('CAP NONSENSE'))[0]?.command).toBe('410');
    expect((await client.send('CAP'))[0]?.command).toBe('461');
  });

  test('without 302 there are no values, and every line fits', async () => {
    expect(told(await client.send('CAP LS')).join(' ')).not.toContain('=');
    expect((await client.send('CAP LS 302')).every(({ text }) => Buffer.byteLength(text) <= 510)).toBe(true);
    expect(told(await client.send('CAP REQ :-cap-notify'))[0]).toMatch(/NAK/);
  });
});
