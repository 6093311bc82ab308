/** Channels and people, by one client against a peer in memory. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ParleyError } from '../../../protocol/errors.js';
import { channel, conversation, TestPeer, username } from '../../local/test-services.js';
import { TestClient, told, type Heard } from './test-client.js';

const general = conversation('#general');
const bob = username('Bob');

let peer: TestPeer;
let client: TestClient;

beforeEach(() => {
  peer = new TestPeer();
  client = new TestClient(peer);
});

const commands = (lines: readonly Heard[]): string[] => lines.map(({ command }) => command);
const say = (...messages: string[]): string[] => peer.add(general, bob, messages).map(({ id }) => id);
const present = (presence: 'online' | 'away' | 'offline', more: object = {}): void =>
  peer.person({ username: 'Bob', presence, link: 'linked', ...more });

describe('channels', () => {
  beforeEach(() => client.signIn());

  test('are joined with what they are about and who is there', async () => {
    await peer.membership.setTopic(channel('tea'), 'all of tea');
    peer.leave(channel('tea'));
    await client.take();
    const lines = await client.send('JOIN #Tea');
    expect(commands(lines)).toEqual(['JOIN', '353', '366']);
    expect(lines[0]).toMatchObject({ source: 'alice!alice@parley', params: ['#tea'] });
    expect(await client.send('JOIN #tea')).toEqual([]);
    expect(commands(await client.send('JOIN tea', 'JOIN #t~a', 'JOIN'))).toEqual(['403', '403', '461']);
  });

  test('are left for all; one that nobody can leave is closed here alone', async () => {
    await client.send('JOIN #tea');
    expect(told(await client.send('PART #tea'))).toEqual(['PART #tea']);
    expect(peer.membership.joined()).not.toContain('tea');
    expect(told(await client.send('PART #general'))).toEqual(['PART #general']);
    expect(peer.membership.joined()).toContain('general');
    say('not heard');
    expect(await client.take()).toEqual([]);
    expect(commands(await client.send('JOIN #general'))).toEqual(['JOIN', '353', '366']);
    expect(commands(await client.send('PART #tea', 'PART #nowhere'))).toEqual(['442', '403']);
  });

  test('that admins have renamed are joined by both names, and closed ones say why nothing is done there', async () => {
    for (const name of ['tea', 'attic']) await peer.membership.join(channel(name));
    peer.changeChannel('tea', { title: 'chai', state: 'archived' });
    peer.changeChannel('attic', { state: 'archived' });
    for (const name of ['tea', 'attic']) peer.leave(channel(name));
    await client.take();
    const sent = await client.send('JOIN #chai');
    expect(told(sent)[0]).toMatch(/^470 alice #chai #tea /);
    expect(sent.find(({ command }) => command === 'JOIN')?.params).toEqual(['#tea']);
    expect(told(await client.send('MODE #tea'))).toEqual(['324 alice #tea +mn']);
    expect(told(await client.send('LIST'), '322').map((line) => line.split(' ')[2])).not.toContain('#attic');
    peer.membership.join = () => Promise.reject(new ParleyError('channel_archived'));
    expect(told(await client.send('JOIN #attic'))[0]).toMatch(/^473 alice #attic .*Ask an admin/);
    peer.membership.join = () => Promise.reject(new ParleyError('channel_deleted'));
    expect(told(await client.send('JOIN #attic'))[0]).toMatch(/^403 alice #attic .*deleted/);
    peer.writer.append = () => Promise.reject(new ParleyError('channel_archived'));
    expect(told(await client.send('PRIVMSG #tea :hi'))[0]).toMatch(/^404 alice #tea .*archived/);
  });

  test('have topics, lists and no modes', async () => {
    expect(told(await client.send('TOPIC #general'))[0]).toMatch(/^331 /);
    await client.send('TOPIC #general :the plan');
    expect(told(await client.send('TOPIC #general'))).toEqual(['332 alice #general the plan']);
    expect(told(await client.send('LIST'), '322')).toEqual([
      '322 alice #general 2 the plan',
      '322 alice #broadcast 2 ',
    ]);
    expect(told(await client.send('LIST #gen*'), '322')).toHaveLength(1);
    expect(told(await client.send('LIST >5'), '322')).toHaveLength(0);
    expect(told(await client.send('MODE #general', 'MODE alice'))).toEqual(['324 alice #general +n', '221 alice +i']);
    expect(
      commands(
        await client.send(
          'MODE #general b',
          'MODE #general +o bob',
          'MODE #x',
          'MODE bob',
          'MODE alice +x',
          'KICK #general bob',
        ),
      ),
    ).toEqual(['368', '482', '403', '502', '501', '482']);
    await client.send('JOIN #tea');
    expect(told(await client.send('NAMES'), '353')).toEqual(
      ['general', 'broadcast', 'tea'].map((name) => `353 alice = #${name} alice`),
    );
    expect(told(await client.send('NAMES #nowhere'))).toEqual(['366 alice #nowhere End of the list of names.']);
  });

  test('have no invitations: everybody may join', async () => {
    say('hello');
    present('online');
    await client.take();
    await client.send('JOIN #tea');
    const lines = ['INVITE bob #tea', 'INVITE bob #general', 'INVITE nobody #tea', 'INVITE bob #nowhere', 'INVITE bob'];
    expect(commands(await client.send(...lines))).toEqual(['482', '443', '401', '403', '461']);
  });

  test('show who comes, goes and is away', async () => {
    await client.send('CAP REQ :away-notify extended-join setname');
    say('hello');
    present('online');
    await client.take();
    expect(told(await client.send('NAMES #general'), '353')).toEqual(['353 alice = #general alice Bob']);
    present('away', { status: { text: 'tea' } });
    expect(told(await client.take())).toEqual(['AWAY tea']);
    present('online', { name: 'Robert' });
    expect(told(await client.take())).toEqual(['AWAY', 'SETNAME Robert']);
    present('offline');
    expect(told(await client.take())).toEqual(['QUIT offline']);
    expect(told(await client.send('NAMES #general'), '353')).toEqual(['353 alice = #general alice']);
    present('online', { name: 'Robert' });
    expect(told(await client.take())).toEqual(['JOIN #general Bob Robert']);
  });
});

describe('people', () => {
  beforeEach(() => client.signIn());

  test('are found', async () => {
    expect(commands(await client.send('WHOIS bob'))).toEqual(['311', '312', '330', '318']);
    expect(commands(await client.send('WHOIS nobody', 'WHOIS'))).toEqual(['401', '318', '431']);
    expect(commands(await client.send('WHOWAS bob', 'WHOWAS nobody'))).toEqual(['314', '312', '369', '406', '369']);
    expect(told(await client.send('USERHOST bob nobody alice'))).toEqual([
      '302 alice Bob=+bob@parley alice=+alice@parley',
    ]);
    expect(told(await client.send('ISON bob nobody'))).toEqual(['303 alice Bob']);
    say('hello');
    present('online');
    await client.take();
    expect(told(await client.send('WHO #general'), '352')).toEqual([
      '352 alice #general alice parley irc.parley alice H 0 alice',
      '352 alice #general bob parley irc.parley Bob H 0 Bob',
    ]);
    expect(told(await client.send('WHO bob %tcuhnfar,42'), '354')).toEqual([
      '354 alice 42 #general bob parley Bob H Bob Bob',
    ]);
    expect(told(await client.send('WHO B?b'), '352')).toHaveLength(1);
  });

  test('whose name IRC cannot carry are the same back and forth', async () => {
    peer.person({ username: '007', presence: 'online', link: 'linked' });
    peer.receive(conversation('@007+alice'), 'shaken');
    expect((await client.take())[0]).toMatchObject({ source: '|007!007@parley', params: ['alice', 'shaken'] });
    await client.send('PRIVMSG |007 :not stirred');
    expect(peer.history.page(conversation('@007+alice'), undefined, 5).entries.map(({ message }) => message)).toEqual([
      'shaken',
      'not stirred',
    ]);
    expect(commands(await client.send('PRIVMSG 007 :x', 'PRIVMSG |bob :x'))).toEqual(['401', '401']);
  });

  test('are monitored', async () => {
    expect(told(await client.send('MONITOR + bob,nobody'))).toEqual(['730 alice Bob!bob@parley', '731 alice nobody']);
    present('offline');
    expect(told(await client.take(), '731')).toEqual(['731 alice bob']);
    present('online');
    expect(told(await client.take(), '730')).toEqual(['730 alice Bob!bob@parley']);
    expect(told(await client.send('MONITOR L'))[0]).toBe('732 alice bob,nobody');
    expect(commands(await client.send('MONITOR S'))).toEqual(['730', '731']);
    await client.send('MONITOR - bob', 'MONITOR C');
    expect(commands(await client.send('MONITOR L'))).toEqual(['733']);
    const many = Array.from({ length: 210 }, (_, at) => `u${at}`);
    const added: Heard[] = [];
    for (let at = 0; at < many.length; at += 40)
      added.push(...(await client.send(`MONITOR + ${many.slice(at, at + 40).join(',')}`)));
    expect(commands(added)).toContain('734');
  });

  test('are monitored with how they are, where no channel is shared and the client asks for that', async () => {
    await client.send('CAP REQ :away-notify setname', 'PART #general,#broadcast', 'MONITOR + bob');
    present('away', { status: { text: 'tea' } });
    expect(await client.take()).toEqual([]);
    await client.send('CAP REQ :extended-monitor');
    present('online', { name: 'Robert' });
    expect(told(await client.take())).toEqual(['AWAY', 'SETNAME Robert']);
    present('away', { name: 'Robert', status: { text: 'tea' } });
    await client.take();
    present('offline');
    expect(told(await client.take())).toEqual(['731 alice bob']);
    await client.send('MONITOR C');
    present('online');
    present('away');
    expect(await client.take()).toEqual([]);
  });

  test('who are away or offline are told of when one writes to them', async () => {
    present('away', { status: { text: 'tea' } });
    await client.take();
    expect(told(await client.send('PRIVMSG bob :x'))).toEqual(['301 alice bob tea']);
    present('offline');
    await client.take();
    expect(told(await client.send('PRIVMSG bob :x'))[0]).toMatch(/^301 alice bob is offline/);
    present('offline', { disabled: true });
    await client.take();
    for (const asked of ['PRIVMSG bob :x', 'WHOIS bob'])
      expect(told(await client.send(asked)).join('\n')).toMatch(
        /301 alice bob has an account that an admin has disabled/i,
      );
    expect(await client.send('NOTICE bob :x')).toEqual([]);
  });

  test('AWAY and SETNAME are what the user is in all windows', async () => {
    expect(commands(await client.send('AWAY :tea', 'AWAY'))).toEqual(['306', '305']);
    expect(peer.preferences.view().presence).toBe('auto');
    await client.send('CAP REQ setname', 'PART #general,#broadcast');
    expect(told(await client.send('SETNAME :Alice Liddell'))).toEqual(['SETNAME Alice Liddell']);
    expect(peer.profiles.of(peer.me).name).toBe('Alice Liddell');
    await client.take();
    expect(told(await client.send('WHOIS alice'), '311')[0]).toMatch(/Alice Liddell$/);
  });

  test('who are blocked are not there', async () => {
    say('before');
    present('online');
    await client.take();
    peer.people.choose(bob, { blocked: true });
    await client.take();
    peer.add(general, bob, ['spamword']);
    peer.events.emit('typing', { conversation: general, username: bob });
    expect(await client.take()).toEqual([]);
    expect((await client.send('WHOIS bob', 'WHO *', 'NAMES #general')).map(({ text }) => text).join('\n')).not.toMatch(
      /spamword|Bob!|bob@/,
    );
  });
});

test('HELP about a command tells of that one', async () => {
  await client.signIn();
  expect(told(await client.send('HELP privmsg'), '705')).toEqual([expect.stringContaining('PRIVMSG #channel :text')]);
  expect(told(await client.send('HELP nothing'))[0]).toMatch(/^524 alice nothing /);
});

test.each(['MOTD', 'LUSERS', 'VERSION', 'TIME', 'INFO', 'ADMIN', 'LINKS', 'HELP', 'NAMES', 'WHO', 'LIST'])(
  '%s is answered',
  async (command) => {
    await client.signIn();
    expect((await client.send(command)).length).toBeGreaterThan(0);
    expect(commands(await client.send('NONSENSE', 'OPER a b', 'VERSION no.such.server', 'HELP nonsense'))).toEqual([
      '421',
      '491',
      '402',
      '524',
    ]);
  },
);
