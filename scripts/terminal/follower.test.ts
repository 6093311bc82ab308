/** Restarts, slow readers and a busy conversation, in an order that a real daemon cannot be held to. */
import { beforeEach, expect, test } from '@jest/globals';
import { ParleyError } from '../../protocol/errors.js';
import type { EntryView } from '../../protocol/local-api.js';
import { entry } from './chat/test-chat.js';
import { Follower, type FollowedSocket } from './follower.js';

const conversation = '#general';

/** A daemon's history in the order of arrival, and the one connection to it. */
class History {
  readonly entries: EntryView[] = [];
  follower: Follower | undefined;
  /** Before each answer. */
  meanwhile: () => void = () => undefined;
  paused = false;
  private resume: () => void = () => undefined;
  private lost = new Set<object>();

  say(count: number): void {
    const said = Array.from({ length: count }, () => entry('bob', String(this.entries.length)));
    for (const one of said) {
      this.entries.push({ ...one, message: String(this.entries.length) });
      this.follower?.hear({ type: 'entries', conversation, entries: this.entries.slice(-1) });
    }
  }

  connect(): FollowedSocket {
    const run = async (_command: string, { since, limit = 0 }: { since?: string; limit?: number }) => {
      this.meanwhile();
      while (this.paused) await new Promise<void>((resolve) => (this.resume = resolve));
      if (this.lost.has(socket)) throw new ParleyError('unavailable');
      const from = since === undefined ? Math.max(0, this.entries.length - limit) : this.place(since) + 1;
      const entries = this.entries.slice(from, from + limit);
      return { entries, more: since === undefined && from > 0, newer: from + entries.length < this.entries.length };
    };
    const pause = (paused: boolean): void => {
      this.paused = paused;
      if (!paused) this.resume();
    };
    this.paused = false;
    const socket = { run, pause } as unknown as FollowedSocket;
    return socket;
  }

  end(socket: FollowedSocket): void {
    this.lost.add(socket);
    this.follower?.down();
  }

  private place(id: string): number {
    return this.entries.findIndex((known) => known.id === id);
  }
}

/** A reader that can be held. */
class Reader {
  readonly texts: number[] = [];
  held = false;
  private go: () => void = () => undefined;
  private looks = new Set<() => void>();

  print = async ({ message }: EntryView): Promise<void> => {
    this.texts.push(Number(message));
    for (const look of [...this.looks]) look();
    if (this.held) await new Promise<void>((resolve) => (this.go = resolve));
  };

  release(): void {
    this.held = false;
    this.go();
  }

  async until(last: number): Promise<void> {
    if (this.texts.includes(last)) return;
    await new Promise<void>((resolve) => {
      const look = (): void => void (this.texts.includes(last) && this.looks.delete(look) && resolve());
      this.looks.add(look);
    });
  }
}

let history: History;
let reader: Reader;
let follower: Follower;
beforeEach(() => {
  history = new History();
  reader = new Reader();
  follower = new Follower({ conversation, print: reader.print });
  history.follower = follower;
});

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, at) => from + at);

test('more than it keeps comes while pages are read: each is printed once, in order, and nothing waits for itself', async () => {
  history.say(3);
  let floods = 2;
  history.meanwhile = () => void (floods-- > 0 && history.say(1500));
  void follower.begin(history.connect(), { limit: 10 });
  await reader.until(3002);
  history.say(1);
  await reader.until(3003);
  // What was there when it began is cut to the limit; all that came since is there.
  expect(reader.texts).toEqual(upTo(3004, reader.texts[0]));
});

test('a reader that is slow over a restart is told each once, in order', async () => {
  history.say(2);
  const first = history.connect();
  void follower.begin(first, { limit: 10 });
  await reader.until(1);
  history.say(1);
  await reader.until(2);
  reader.held = true;
  history.say(5);
  await reader.until(3);
  history.end(first);
  // Without a connection: told by pages alone.
  history.follower = undefined;
  history.say(700);
  history.follower = follower;
  const second = history.connect();
  follower.connected(second);
  history.say(5);
  reader.release();
  await reader.until(712);
  history.say(1);
  await reader.until(713);
  expect(reader.texts).toEqual(upTo(714));
});

test('a daemon that ends before it has answered is asked again: how many to begin with still counts', async () => {
  history.say(20);
  const first = history.connect();
  history.meanwhile = () => {
    history.meanwhile = () => undefined;
    history.end(first);
  };
  const following = follower.begin(first, { limit: 3 });
  following.catch((error: unknown) => reader.texts.push(Number.NaN, error as number));
  await new Promise(setImmediate);
  follower.connected(history.connect());
  await reader.until(19);
  history.say(1);
  await reader.until(20);
  expect(reader.texts).toEqual([17, 18, 19, 20]);
});

test('a daemon that is there again before the beginning tells nothing that was not asked for', async () => {
  history.say(20);
  const socket = history.connect();
  follower.connected(socket);
  void follower.begin(socket, { limit: 2 });
  await reader.until(19);
  expect(reader.texts).toEqual([18, 19]);
});
