/** One network: what is written in a client of IRC is in another user's windows, and the reverse; once, and in order. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LocalEvent } from '../protocol/local-api.js';
import type { ConversationId } from '../protocol/ids.js';
import { runCommand } from '../peer/commands/run.js';
import { EventHub } from '../peer/local/events.js';
import type { Peer } from '../peer/peer.js';
import { has, InProcess, linked, until } from './support/in-process.js';
import { IrcClient } from './support/irc-client.js';

const general = '#general' as ConversationId;
const lasting = 90_000;
const MANY = 20;

let world: InProcess;
let alice: Peer;
let bob: Peer;
let irc: IrcClient;

beforeAll(async () => {
  world = await InProcess.create();
  const { url } = await world.tracker();
  alice = await world.signedIn('alice', [url]);
  bob = await world.signedIn('bob', [url]);
  await linked(alice, 'bob');
  await linked(bob, 'alice');
  irc = await IrcClient.signedIn(alice.services, 'echo-message');
}, lasting);

afterAll(async () => {
  irc.close();
  await world.close();
}, lasting);

const numbered = (what: string): string[] => Array.from({ length: MANY }, (_, at) => `${what} ${at}`);

test(
  'what is written in IRC comes to another user’s window',
  async () => {
    const shown: string[] = [];
    const enqueue = (frames: readonly Buffer[]): void => {
      for (const event of frames.map((frame) => JSON.parse(String(frame)) as LocalEvent))
        if (event.type === 'entries') shown.push(...event.entries.map(({ message }) => message));
    };
    const hub = new EventHub(bob.services);
    hub.attach({ enqueue, flush: () => undefined, restart: () => undefined }, 'events');
    await irc.say(...numbered('from irc').map((text) => `PRIVMSG #general :${text}`));
    await until(bob, () => has(bob, general, `from irc ${MANY - 1}`));
    hub.flush();
    hub.close();
    expect(shown.filter((message) => message.startsWith('from irc'))).toEqual(numbered('from irc'));
  },
  lasting,
);

test(
  'and the reverse',
  async () => {
    irc.lines.length = 0;
    for (const message of numbered('from a window'))
      await runCommand(bob.services, 'message.post', { conversation: general, message });
    await until(alice, () => has(alice, general, `from a window ${MANY - 1}`));
    const said = irc.lines.filter((line) => line.startsWith(':bob!bob@parley PRIVMSG #general :'));
    expect(said.map((line) => line.split(' :')[1])).toEqual(numbered('from a window'));
  },
  lasting,
);
