/** What scripts are given, against a real daemon that is stopped and started again. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import type { Username } from '../../protocol/ids.js';
import type { EntryView } from '../../protocol/local-api.js';
import { MESSAGE_MAX } from '../../protocol/limits.js';
import { startPeer, type RunningPeer } from '../../peer/main.js';
import { InProcess, PASSWORD } from '../../test/support/in-process.js';
import { writeProgramKey } from '../../peer/local/program-key.js';
import { conversationOf, RunningPeer as Client } from '../process/running-peer.js';
import { SteadyPeer } from '../process/steady-peer.js';
import { Follower } from './follower.js';
import { linesOf, sendLines, wholeOf } from './send-lines.js';

const lasting = 120_000;
const ignore = (): void => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const conversation = '#general';

let world: InProcess;
let url: string;
let alice: RunningPeer;
const dataDir = (): string => world.path('alice');

const start = (register: boolean): Promise<RunningPeer> =>
  startPeer(
    {
      ...{ username: 'alice' as Username, trackers: [url], host: '127.0.0.1', peerPort: 0, uiHost: '127.0.0.1' },
      ...{ uiPort: 0, uiDir: '', dataDir: dataDir(), password: PASSWORD, register, allowedHosts: [] },
      ...{ trackerCa: undefined, keylog: undefined, lan: false },
    },
    quiet,
  );

beforeAll(async () => {
  world = await InProcess.create();
  ({ url } = await world.tracker());
  alice = await start(true);
}, lasting);
afterAll(async () => {
  await alice.close();
  await world.close();
}, lasting);

/** The texts that a follower prints, and what resolves with them once the last one is there. */
class Printed {
  readonly entries: EntryView[] = [];
  private readonly waiting = new Set<() => void>();

  print = async (entry: EntryView): Promise<void> => {
    this.entries.push(entry);
    for (const look of [...this.waiting]) look();
  };

  until(last: string): Promise<string[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.entries.at(-1)?.message !== last) return;
        this.waiting.delete(look);
        resolve(this.texts());
      };
      this.waiting.add(look);
      look();
    });
  }

  texts(): string[] {
    return this.entries.map(({ message }) => message);
  }
}

const said = async (client: Client, limit = 200): Promise<string[]> =>
  (await client.run('history.page', { conversation, limit })).entries.map(({ message }) => message);

describe('lines that are piped in', () => {
  test(
    'are sent once and in order, also those that a daemon which ended had not acknowledged',
    async () => {
      const peer = await SteadyPeer.open(dataDir());
      const wanted = Array.from({ length: 150 }, (_, at) => `line ${at}${at % 50 === 7 ? ' for @alice' : ''}`);
      const numbers: number[] = [];
      let restarted: Promise<void> | undefined;
      const restart = async (): Promise<void> => {
        await alice.close();
        alice = await start(false);
      };
      const sent = await sendLines({
        conversation,
        socket: () => peer.socket(),
        lines: wanted,
        sent: ({ number }) => {
          numbers.push(number);
          if (number === 20) restarted = restart();
        },
      });
      await restarted;
      expect(sent).toBe(150);
      expect(numbers).toEqual(wanted.map((_, at) => at + 1));
      await peer.close();
      const client = await Client.find({ 'data-dir': dataDir() });
      expect((await said(client)).filter((text) => text.startsWith('line'))).toEqual(wanted);
      await client.close();
    },
    lasting,
  );

  test('that are blank are left out, and the last one needs no end', async () => {
    async function* bytes(): AsyncGenerator<Buffer> {
      yield Buffer.from('one\r\n\n  \ntw');
      yield Buffer.from('o\nمی‌');
      yield Buffer.from('خواهم');
    }
    const lines: string[] = [];
    for await (const line of linesOf(bytes())) lines.push(line);
    expect(lines.filter((line) => line.trim() !== '')).toEqual(['one', 'two', 'می‌خواهم']);
    expect(await wholeOf(bytes())).toBe('one\r\n\n  \ntwo\nمی‌خواهم');
  });

  test.each([
    ['too long', Buffer.from(`ok\n${'x'.repeat(MESSAGE_MAX + 1)}\n`), /longer than/],
    ['no text', Buffer.from([0x6f, 0x6b, 0x0a, 0xff, 0x0a]), /no text in UTF-8/],
  ])('and are %s end it with what to do, after those before', async (_what, bytes, problem) => {
    async function* input(): AsyncGenerator<Buffer> {
      yield bytes;
    }
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of linesOf(input())) lines.push(line);
    })();
    await expect(reading).rejects.toThrow(problem);
    await expect(reading).rejects.toThrow(/What stood before it is sent\..*--file/);
    expect(lines).toEqual(['ok']);
    // Of one message nothing is sent.
    const whole = wholeOf(input());
    await expect(whole).rejects.toThrow(/--file/);
    await expect(whole).rejects.not.toThrow(/is sent/);
  });

  test(
    'and that the daemon refuses are named by their number',
    async () => {
      const peer = await SteadyPeer.open(dataDir());
      const sending = sendLines({
        conversation: '#nowhere',
        socket: () => peer.socket(),
        lines: ['one'],
        sent: ignore,
      });
      await expect(sending).rejects.toThrow(/^Message 1 was not sent: .*Join it first/);
      // With a message that is too long in the middle, those around it that were on their way are sent, and told.
      const numbers: number[] = [];
      const more = sendLines({
        ...{ conversation, lines: ['a', 'x'.repeat(MESSAGE_MAX + 1), 'b', 'c'], socket: () => peer.socket() },
        sent: ({ number }) => void numbers.push(number),
      });
      await expect(more).rejects.toThrow(/^Message 2 was not sent: .*Those before it are sent\. Sent are also: 3–4\.$/);
      expect(numbers).toEqual([1, 3, 4]);
      await peer.close();
    },
    lasting,
  );

  test(
    'and that are followed by what cannot be read are there when that is said',
    async () => {
      const peer = await SteadyPeer.open(dataDir());
      const wanted = ['before it 1', 'before it 2'];
      async function* lines(): AsyncGenerator<string> {
        yield* wanted;
        throw new Error('unreadable');
      }
      const numbers: number[] = [];
      const sending = sendLines({
        ...{ conversation, lines: lines(), socket: () => peer.socket() },
        sent: ({ number }) => void numbers.push(number),
      });
      await expect(sending).rejects.toThrow('unreadable');
      expect(numbers).toEqual([1, 2]);
      await peer.close();
    },
    lasting,
  );
});

describe('who follows a conversation', () => {
  test(
    'is told each entry once and in order, also what came while the daemon or the connection was away',
    async () => {
      const printed = new Printed();
      const follower = new Follower({ conversation, print: printed.print });
      const heard = {
        event: (event: Parameters<Follower['hear']>[0]): void => follower.hear(event),
        down: (): void => void peer.socket().then((socket) => follower.connected(socket)),
      };
      const peer = await SteadyPeer.open(dataDir(), heard);
      const ended = follower.begin(await peer.socket(), { limit: 0 });
      ended.catch(ignore);
      const say = async (message: string): Promise<void> => {
        const client = await Client.find({ 'data-dir': dataDir() });
        await client.run('message.post', { conversation, message });
        await client.close();
      };
      await say('live');
      await printed.until('live');
      const down = (await peer.socket()).closed;
      await alice.close();
      await down;
      alice = await start(false);
      // Before the follower is there, or after: both are told.
      await say('while away');
      await say('last');
      expect(await printed.until('last')).toEqual(['live', 'while away', 'last']);
      await peer.close();
    },
    lasting,
  );

  test(
    'begins with the last ones, or with all since an entry',
    async () => {
      const client = await Client.find({ 'data-dir': dataDir() });
      const { entries } = await client.run('history.page', { conversation, limit: 5 });
      const peer = await SteadyPeer.open(dataDir());
      for (const from of [{ limit: 4 }, { since: entries[0]?.id ?? '' }]) {
        const printed = new Printed();
        const follower = new Follower({ conversation, print: printed.print });
        follower.begin(await peer.socket(), from).catch(ignore);
        expect(await printed.until('last')).toEqual(entries.slice(1).map(({ message }) => message));
      }
      await peer.close();
      await client.close();
    },
    lasting,
  );
});

test(
  'a daemon that ends before it has answered what may be asked twice: the next one is asked',
  async () => {
    await alice.close();
    const dying = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(dying, 'listening');
    const asked = new Promise<string>((resolve) =>
      dying.on('connection', (socket) =>
        socket.once('message', (data: Buffer) => {
          resolve(data.toString());
          dying.close();
          socket.terminate();
        }),
      ),
    );
    const { port } = dying.address() as AddressInfo;
    await writeProgramKey(dataDir(), { url: `http://127.0.0.1:${port}/`, token: 'T'.repeat(43), pid: process.pid });
    const peer = await SteadyPeer.open(dataDir());
    const id = conversationOf(peer.asking(), 'alice');
    expect(JSON.parse(await asked)).toMatchObject({ command: 'conversation.open', username: 'alice' });
    alice = await start(false);
    expect(await id).toBe('@alice+alice');
    await expect(conversationOf(peer.asking(), 'nobody')).rejects.toMatchObject({ code: 'unknown_user' });
    await peer.close();
    await expect(conversationOf(peer.asking(), 'alice')).rejects.toMatchObject({ code: 'unavailable' });
  },
  lasting,
);

test(
  'without a daemon the one line says how to start it',
  async () => {
    await expect(Client.find({ 'data-dir': world.path('nobody') })).rejects.toThrow(/parley peer/);
    await expect(SteadyPeer.open(world.path('nobody'))).rejects.toThrow(/No peer runs on .*parley peer/);
  },
  lasting,
);
