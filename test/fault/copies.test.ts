/**
 * More of restored.test.ts, and longer: copies that were made while a peer runs, copies that run beside it, and peers that are
 * killed while they write again what a fork has lost.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { RESTORING_MS, restoringUsers, type Restoring } from '../support/restoring.js';

let users: Restoring;
const current = restoringUsers('copies');
beforeEach(() => {
  users = current();
});

async function allWrite(word: string, names: readonly string[] = ['bob', 'bob2', 'alice']): Promise<void> {
  for (let i = 1; i <= 3; i++) for (const name of names) await users.post(name, `${name}, ${word} ${i}`);
}

const startTheCopy = (): Promise<void> => users.add('bob2', { username: 'bob', dataDir: users.copyOfBob });

describe('put back to a copy', () => {
  test(
    'that was made while it was running: it goes on under a new key before it writes',
    async () => {
      await users.writeBehindTheCopy('running');
      const before = users.device('bob');
      await users.restore();
      await users.start('bob');
      await users.post('bob', 'written at once');
      await users.post('alice', 'and answered');
      await users.agree();
      expect(users.device('bob')).not.toBe(before);
      expect(users.at('alice').notices).not.toContain('forked');
    },
    RESTORING_MS,
  );

  test(
    'while the other is away: nothing is lost when they come',
    async () => {
      await users.writeBehindTheCopy('stopped');
      await users.stop('alice');
      await users.restore();
      await users.start('bob');
      await users.post('bob', 'written to nobody');
      expect(users.at('bob').notices).toContain('restored');
      await users.start('alice');
      await users.agree();
      expect(users.at('alice').notices).not.toContain('forked');
    },
    RESTORING_MS,
  );
});

test(
  'a restart, a kill and a stop without the tracker are no restored backup',
  async () => {
    const { fleet } = users;
    const before = users.device('bob');
    await fleet.tracker.stop();
    for (let i = 0; i < 3; i++) {
      await users.stop('bob');
      await users.start('bob');
    }
    await users.post('bob', 'without the tracker');
    await users.kill9('bob');
    await fleet.tracker.start();
    await users.start('bob');
    await users.post('bob', 'after the kill');
    await users.agree();
    expect(users.device('bob')).toBe(before);
    expect(users.at('bob').notices).not.toContain('restored');
  },
  RESTORING_MS,
);

test(
  'two that run on copies of one profile: both are told, and neither loses a word',
  async () => {
    await users.stop('bob');
    await users.copy();
    await users.start('bob');
    const before = users.device('bob');
    await startTheCopy();
    await allWrite('again');
    await users.agree();
    expect(users.device('bob')).toBe(before);
    expect(users.device('bob2')).not.toBe(before);
    expect(users.at('bob2').noticeText('restored')).toMatch(/new device/);
    await users.at('bob').until(() => users.at('bob').notices.includes('copied'), 'the word of the tracker');
    expect(users.at('bob').noticeText('copied')).toMatch(/goes on there as a device of its own/);
  },
  RESTORING_MS,
);

describe('copied with its files while it runs', () => {
  beforeEach(() => users.copy());

  test(
    'and put back after a kill: what was written since comes back, and nothing that the copy writes is lost',
    async () => {
      for (const text of ['since then, one', 'since then, two']) await users.post('bob', text);
      await users.agree();
      await users.kill9('bob');
      await users.restore();
      await users.start('bob');
      await allWrite('on', ['bob', 'alice']);
      await users.agree();
    },
    RESTORING_MS,
  );

  test(
    'and started in another place: both go on as devices of their own, and neither loses a word',
    async () => {
      await startTheCopy();
      await allWrite('hot');
      await users.agree({ twice: true });
      expect(users.device('bob2')).not.toBe(users.device('bob'));
    },
    RESTORING_MS,
  );

  test(
    'and started in another place after more was written: both go on, and neither loses a word',
    async () => {
      await allWrite('since then', ['bob', 'alice']);
      await startTheCopy();
      await allWrite('hot');
      await users.agree({ twice: true });
      expect(users.device('bob2')).not.toBe(users.device('bob'));
      for (const name of ['bob', 'bob2']) {
        await users.stop(name);
        await users.start(name);
      }
      await allWrite('after restarts');
      await users.agree({ twice: true });
    },
    RESTORING_MS,
  );
});

describe('put back with nobody to ask, written to, and killed while it writes that again', () => {
  const MANY = 30;
  /** Each stands for a moment: the fork was found; it opens anew; others have that many. */
  const moments: Record<string, () => Promise<unknown>> = {
    'before it opens anew': () => users.fleet.peer('bob').says('what is here is written again', RESTORING_MS),
    'as it opens anew': () => users.fleet.peer('bob').says('starts anew, as a new device', RESTORING_MS),
    'after the first': () => heldByAlice(1),
    'after the eleventh': () => heldByAlice(11),
    'after the last': () => heldByAlice(MANY),
  };

  async function heldByAlice(count: number): Promise<void> {
    const alice = users.at('alice');
    const held = new Set<string>();
    const hold = (entries: readonly EntryView[]): void => {
      for (const { message } of entries) if (message.startsWith('fork ')) held.add(message);
    };
    alice.onFrame((frame) => {
      if (frame.type === 'entries') hold(frame.entries);
    });
    hold(await alice.history('#general'));
    await alice.until(() => held.size >= count, `${count} written again`);
  }

  test.each(Object.keys(moments))(
    '%s: each is there once',
    async (moment) => {
      await users.fork(MANY);
      const before = users.device('bob');
      const reached = users.start('alice').then(() => moments[moment]?.());
      await users.fleet.tracker.start();
      await reached;
      await users.kill9('bob');
      await users.start('bob');
      await users.expectWhole();
      expect(users.device('bob')).not.toBe(before);
    },
    RESTORING_MS,
  );
});
