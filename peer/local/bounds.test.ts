import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { conversation, username } from './test-services.js';
import { entriesOf, TestDoor } from './test-socket.js';

const bob = username('Bob');
const general = conversation('#general');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

async function restarted(limits: Parameters<typeof TestDoor.start>[0]): Promise<void> {
  await local.stop();
  local = await TestDoor.start(limits);
}

describe('bounds', () => {
  test('a window that reads too slowly is closed with 1013, the others go on, and it starts again', async () => {
    await restarted({ limits: { closeBytes: 256 * 1024 } });
    const slow = await local.window();
    const quick = await local.window();
    slow.socket.pause();
    const text = 'x'.repeat(16 * 1024);
    for (let batch = 0; batch < 60; batch += 1) {
      local.peer.add(
        general,
        bob,
        Array.from({ length: 10 }, () => text),
      );
      await quick.type('entries');
    }
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
    const missed = entriesOf(slow.frames).length;
    expect(missed).toBeGreaterThan(0);
    expect(missed).toBeLessThan(600);
    expect(entriesOf(quick.frames)).toHaveLength(600);
    const again = local.open();
    const { conversations } = (await again.type('snapshot')) as {
      conversations?: { id: string; latest?: EntryView }[];
    };
    expect(conversations?.find(({ id }) => id === '#general')?.latest?.seq).toBe(600);
  });

  test('commands beyond the bound wait; all are carried out in the end, once and in order', async () => {
    await restarted({ limits: { commandsInProgress: 50 } });
    const window = await local.window();
    const other = await local.window();
    local.peer.holdCommits = true;
    const append = local.peer.writer.append;
    let begun = 0;
    local.peer.writer.append = (post) => {
      begun += 1;
      return append(post);
    };
    const count = 5000;
    for (let id = 0; id < count; id += 1) {
      window.send({ id, command: 'message.post', conversation: '#general', message: `message ${id}` });
    }
    // Each round trip of the other window gives the first one's frames time to arrive; they are not taken.
    for (let id = 0; id < 20; id += 1) await other.command(id, 'people.list');
    expect(begun).toBe(50);
    local.peer.holdCommits = false;
    local.peer.commit();
    await window.next((frame) => frame['id'] === count - 1);
    expect(begun).toBe(count);
    const ids = window.frames.filter(({ type }) => type === 'result').map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
    expect(entriesOf(window.frames).map(({ seq }) => seq)).toEqual(ids.map((id) => Number(id) + 1));
  });

  test('one window’s commands hold a turn of the event loop only so long; the others get theirs in between', async () => {
    const window = await local.window();
    const other = await local.window();
    let begun = 0;
    local.peer.history.page = () => {
      begun += 1;
      // Each page takes as long as a whole turn may.
      local.peer.nowMs += 10;
      return { entries: [], more: false, newer: false };
    };
    const turns = new Map<number, number>();
    const turn = (): void => {
      turns.set(begun, (turns.get(begun) ?? 0) + 1);
      if (begun < 500) setImmediate(turn);
    };
    turn();
    for (let id = 0; id < 500; id += 1) window.send({ id, command: 'history.page', conversation: '#general' });
    expect(await other.command(1, 'people.list')).toMatchObject({ ok: true });
    await window.next((frame) => frame['id'] === 499);
    expect(window.frames.filter(({ type }) => type === 'result').map(({ id }) => id)).toEqual([...Array(500).keys()]);
    expect(turns.size).toBeGreaterThan(450);
  });

  test('a window that asks and does not read is read no further', async () => {
    await restarted({ limits: { pauseBytes: 64 * 1024, commandsInProgress: 1_000_000 } });
    const window = await local.window();
    const other = await local.window();
    local.peer.add(
      general,
      bob,
      Array.from({ length: 100 }, () => 'x'.repeat(10_000)),
    );
    await other.type('entries');
    await window.type('entries');
    let pages = 0;
    const page = local.peer.history.page;
    local.peer.history.page = (...args) => {
      pages += 1;
      return page(...args);
    };
    window.socket.pause();
    const count = 100;
    for (let id = 0; id < count; id += 1) {
      window.send({ id, command: 'history.page', conversation: '#general', limit: 100 });
      // What comes within one turn is answered in any case; so each comes in its own.
      await other.command(id, 'people.list');
    }
    expect(pages).toBeLessThan(50);
    window.socket.resume();
    await window.next((frame) => frame['id'] === count - 1);
    expect(pages).toBe(count);
  });

  test('there are only so many sockets, and fewer for strangers; places come free again', async () => {
    await restarted({ limits: { sockets: 4, strangers: 2 } });
    const strangers = [local.open({}), local.open({})];
    await Promise.all(strangers.map(({ socket }) => new Promise((resolve) => socket.once('open', resolve))));
    const third = local.open({});
    const status = await new Promise((resolve) =>
      third.socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode)),
    );
    expect(status).toBe(503);
    await local.window();
    const last = await local.window();
    await local.open().closed;
    last.socket.close();
    await last.closed;
    await local.window();
  });

  test('a socket that answers no ping is closed', async () => {
    await restarted({ limits: { pingMs: 10 } });
    const alive = await local.window();
    const dead = await local.window();
    dead.socket.pause();
    for (let id = 0; id < 10; id += 1) {
      await new Promise((resolve) => alive.socket.once('ping', resolve));
    }
    dead.socket.resume();
    expect((await dead.closed).code).toBe(1006);
    expect(await alive.command(1, 'people.list')).toMatchObject({ ok: true });
  });
});
