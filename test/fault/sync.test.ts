/**
 * A disk that does not keep what it was told to keep: the sync fails. What it covered was never promised, and nothing is
 * promised after it, since the system may have thrown away the very pages that it could not write.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signedBytes, type Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { ProblemNotices } from '../../peer/core/problem-notices.js';
import { Log } from '../../peer/log/log.js';
import type { Advance, LogKeys } from '../../peer/log/ports.js';
import { logStorage } from '../../peer/log/storage.js';
import { Store } from '../../peer/store/store.js';
import { Author, general } from '../../peer/store/test-author.js';
import { TempDir } from '../support/temp-dir.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const alice = 'alice' as Username;
const device = 'A'.repeat(22) as DeviceId;
const { privateKey } = generateKeyPairSync('ed25519');

/** The real log on the real store, over a disk whose syncs can be made to fail. */
class Life {
  readonly store: Store;
  readonly log: Log;
  readonly durable: Advance[] = [];
  readonly shown: { own: boolean; entries: readonly Entry[] }[] = [];
  readonly notices = new Map<string, string>();
  diskFails = false;

  constructor(directory: string) {
    const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };
    const failed = (error: unknown): void => {
      throw error;
    };
    this.store = new Store({ directory, now: Date.now(), timers, failed });
    const storage = logStorage(this.store, () => Date.now());
    const problems = new ProblemNotices({
      ...{ log: quiet, store: { hasFreeSpace: async () => true } },
      notices: {
        raise: ({ id, code }) => void this.notices.set(id, code),
        dismiss: (id) => void this.notices.delete(id),
      },
    });
    this.log = new Log({
      ...{ username: alice, device, keys: keys(privateKey) },
      storage: {
        ...storage,
        sync: (done, urgent) => {
          const eio = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
          if (this.diskFails) setImmediate(() => done(eio));
          else storage.sync(done, urgent);
        },
      },
      clock: { now: () => Date.now(), soon: (callback) => void setImmediate(callback) },
      out: {
        added: (_conversation, entries, own) => this.shown.push({ own, entries }),
        durable: (advance) => this.durable.push(advance),
        forked: () => {},
        storage: (error) => problems.storage(error),
      },
      refuse: (_link, code) => {
        throw new Error(`refused: ${code}`);
      },
    });
  }

  post(message: string, conversation: ConversationId = general): Promise<Entry> {
    return this.log.append({ conversation, kind: 'text', message, data: {}, client: message });
  }

  texts(): string[] {
    return this.store.page(general, undefined, 100).entries.map(({ message }) => message);
  }
}

function keys(own: KeyObject): LogKeys {
  return {
    sign: (id) => sign(null, signedBytes(id), own).toString('base64url'),
    author: (of) => ({ known: true, username: of === device ? alice : ('bob' as Username) }),
    owner: (of) => (of === device ? alice : ('bob' as Username)),
    verify: (_device, _id, _sig, done) => setImmediate(() => done(true)),
  };
}

let folder: TempDir;
let life: Life;
beforeEach(async () => {
  folder = new TempDir();
  life = new Life(folder.path);
});
afterEach(async () => {
  life.store.close();
  await folder.remove();
});

const failure = { code: 'storage_failed' };

test('posts that a failed sync covered are refused, and so is everything after', async () => {
  await life.post('kept');
  const promised = life.durable.length;
  life.diskFails = true;
  const refused = await Promise.allSettled([life.post('one'), life.post('two')]);
  expect(refused).toEqual([
    { status: 'rejected', reason: expect.objectContaining(failure) },
    { status: 'rejected', reason: expect.objectContaining(failure) },
  ]);
  expect([...life.notices.values()]).toEqual(['storage_failed']);

  // Also when the disk claims to be well again: what it lost, it lost.
  life.diskFails = false;
  await expect(life.post('three')).rejects.toMatchObject(failure);
  // The same post again does not become an acknowledgement by being found in a file that nobody vouches for.
  await expect(life.post('one')).rejects.toMatchObject(failure);
  expect(life.durable).toHaveLength(promised);
  expect(life.shown.filter(({ own }) => own).flatMap(({ entries }) => entries.map(({ message }) => message))).toEqual([
    'kept',
  ]);
  expect([...life.notices.values()]).toEqual(['storage_failed']);
});

test('posts that waited behind it are refused as well', async () => {
  life.diskFails = true;
  const first = life.post('first');
  // Arrives while the sync is under way.
  const second = new Promise<Entry>((resolve, reject) => {
    setImmediate(() => void life.post('second').then(resolve, reject));
  });
  await expect(first).rejects.toMatchObject(failure);
  await expect(second).rejects.toMatchObject(failure);
});

test("others' entries are not acknowledged after it", async () => {
  life.diskFails = true;
  await expect(life.post('mine')).rejects.toMatchObject(failure);
  life.diskFails = false;
  life.log.receive(1, new Author('bob').write(4));
  // Two turns for the proof, and as many as a commit and its sync would take.
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(life.durable).toEqual([]);
});

test('after a restart the log goes on, and a repeated post is not written twice', async () => {
  await life.post('kept');
  life.diskFails = true;
  await expect(life.post('doubtful')).rejects.toMatchObject(failure);
  life.store.close();
  life = new Life(folder.path);
  const entry = await life.post('doubtful');
  await life.post('next');
  expect(life.texts()).toEqual(['kept', 'doubtful', 'next']);
  expect(entry.seq).toBe(2);
});

describe('a log that is closed with its store', () => {
  const closed = { code: 'unavailable' };

  test('refuses what was posted in the same turn, and whatever comes after', async () => {
    await life.post('kept');
    const waiting = [
      life.post('waits'),
      life.post('in a conversation that was never read', '#other' as ConversationId),
    ];
    const refused = Promise.allSettled(waiting);
    life.log.receive(1, new Author('bob').write(4));
    life.log.close();
    life.store.close();
    for (const { status, ...why } of await refused) expect({ status, ...why }).toMatchObject({ reason: closed });
    await expect(life.post('later')).rejects.toMatchObject(closed);
    // The proof of what others sent, and the commit that was to follow: either would read what is closed.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    life = new Life(folder.path);
    expect(life.texts()).toEqual(['kept']);
  });

  test('leaves a disk that refuses to be read to those who posted', async () => {
    life.store.entries.newest = () => {
      throw new Error('disk I/O error');
    };
    await expect(life.post('one')).rejects.toThrow('disk I/O error');
  });
});
