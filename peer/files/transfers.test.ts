import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { Outcome } from './ports.js';
import { chunkOf, content, factsOf, manifestOf } from './test-blobs.js';
import { TestService } from './test-service.js';

let service: TestService;
beforeEach(async () => {
  service = await TestService.open();
});
afterEach(() => service.close());

const bytes = content(3 * FILE_CHUNK);
const { sha256 } = factsOf(bytes);
const rows = (): string[] =>
  service.history.store.files.transfers.all().map(({ sha256: hash, state }) => `${hash.slice(0, 4)} ${state}`);
const isFetched = (hash = sha256): boolean => service.mover.fetching.has(hash);
const shown = (hash = sha256): unknown => {
  const view = service.view(hash);
  return view && [view.state, view.code, view.done];
};

async function wanted(): Promise<void> {
  service.quota = 10 * FILE_CHUNK;
  service.file('bob', bytes);
  service.transfers.want(sha256);
  await service.settled();
}
/** So many chunks come, as they would by the mover. */
async function come(chunks: number): Promise<void> {
  const part = await service.blobs.store.partial(factsOf(bytes));
  await part.setManifest(manifestOf(bytes));
  for (let n = 0; n < chunks; n++) await part.write(n, chunkOf(bytes, n));
  const coming = { sha256, state: 'running', speed: 1, sources: ['bob'], liars: [] } as const;
  service.transfers.coming({ ...coming, done: part.done } as never);
  await service.blobs.store.rest(part);
}

test('what no entry shows cannot be asked for', () => {
  expect(() => service.transfers.want(sha256)).toThrow('No message shows that file.');
});

describe('a file that was asked for', () => {
  test('pauses, keeps what came, and goes on where it was', async () => {
    await wanted();
    expect([isFetched(), rows()]).toEqual([true, [`${sha256.slice(0, 4)} wanted`]]);
    await come(2);
    await service.transfers.pause(sha256);
    expect([isFetched(), rows(), shown()]).toEqual([
      false,
      [`${sha256.slice(0, 4)} paused`],
      ['paused', undefined, 2 * FILE_CHUNK],
    ]);
    // Nothing that happens makes it go on.
    service.transfers.look();
    await service.settled();
    expect(isFetched()).toBe(false);
    service.transfers.want(sha256);
    await service.settled();
    expect([isFetched(), shown()]).toEqual([true, ['waiting', undefined, 2 * FILE_CHUNK]]);
  });

  test('is after a restart what it was before, and shows what is here of it', async () => {
    await wanted();
    await come(1);
    await service.restart();
    await service.settled();
    expect([isFetched(), shown()]).toEqual([true, ['waiting', undefined, FILE_CHUNK]]);
    await service.transfers.pause(sha256);
    await service.restart();
    await service.settled();
    expect([isFetched(), shown()]).toEqual([false, ['paused', undefined, FILE_CHUNK]]);
    await service.transfers.cancel(sha256);
    expect([rows(), await service.blobs.store.begun(), service.transfers.views()]).toEqual([[], [], []]);
    await service.restart();
    expect(service.transfers.views()).toEqual([]);
  });

  test('that is large and can come over a relay alone waits until the user says so, which a restart does not forget', async () => {
    await wanted();
    service.transfers.coming({ sha256, state: 'relayed', done: 0, speed: 0, sources: [], liars: [] });
    expect([shown(), service.mover.fetching.get(sha256)?.relayed]).toEqual([['waiting', 'relayed', 0], false]);
    // Asked for once more, as by a rule, it goes on waiting.
    service.transfers.want(sha256);
    await service.settled();
    expect(service.mover.fetching.get(sha256)?.relayed).toBe(false);
    service.transfers.want(sha256, undefined, true);
    await service.settled();
    expect([shown(), service.mover.fetching.get(sha256)?.relayed]).toEqual([['waiting', undefined, 0], true]);
    await service.restart();
    await service.settled();
    expect([rows(), service.mover.fetching.get(sha256)?.relayed]).toEqual([[`${sha256.slice(0, 4)} relayed`], true]);
    // Nor does it forget that while it is paused.
    await service.transfers.pause(sha256);
    await service.restart();
    await service.settled();
    expect([rows(), shown()]).toEqual([[`${sha256.slice(0, 4)} paused_relayed`], ['paused', undefined, 0]]);
    service.transfers.want(sha256);
    await service.settled();
    expect(service.mover.fetching.get(sha256)?.relayed).toBe(true);
  });

  test('is given up with what came of it', async () => {
    await wanted();
    await come(2);
    await service.transfers.cancel(sha256);
    expect([isFetched(), rows(), service.blobs.store.used()]).toEqual([false, [], 0]);
    await expect(service.transfers.pause(sha256)).rejects.toMatchObject({ code: 'not_found' });
    await expect(service.transfers.cancel(sha256)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is over once it is here, and told as done', async () => {
    await wanted();
    service.transfers.over(sha256, 'complete');
    expect([rows(), shown(), service.arrived]).toEqual([[], ['done', undefined, bytes.length], [sha256]]);
  });

  test.each<[Outcome, boolean]>([
    ['storage_failed', true],
    ['file_wrong', false],
  ])('waits for the user after %s, also after a restart', async (outcome, keeps) => {
    await wanted();
    await come(1);
    if (!keeps) await service.blobs.store.discard(factsOf(bytes));
    service.transfers.over(sha256, outcome);
    await service.settled();
    expect([isFetched(), rows()]).toEqual([true, [`${sha256.slice(0, 4)} paused`]]);
    expect(shown()).toEqual(['failed', outcome, keeps ? FILE_CHUNK : 0]);
    service.mover.fetching.clear();
    service.transfers.want(sha256);
    await service.settled();
    expect([isFetched(), rows()]).toEqual([true, [`${sha256.slice(0, 4)} wanted`]]);
  });

  test('goes on by another entry of the same bytes when the first is taken back, and waits while there is none', async () => {
    service.quota = 10 * FILE_CHUNK;
    const [first, second] = [service.file('bob', bytes), service.file('carol', bytes)];
    service.transfers.want(sha256);
    await service.settled();
    expect(service.mover.fetching.get(sha256)?.entry).toBe(second.id);
    service.blocked.add('carol');
    service.transfers.look();
    await service.settled();
    expect(isFetched()).toBe(true);
    service.blocked.add('bob');
    service.transfers.look();
    await service.settled();
    expect([isFetched(), service.transfers.views()]).toEqual([false, []]);
    service.blocked.clear();
    service.history.write(service.writers.remove('carol', second));
    service.transfers.look();
    await service.settled();
    expect(service.mover.fetching.get(sha256)?.entry).toBe(first.id);
  });
});

describe('what no entry showed at a start', () => {
  test('goes on once its author is not blocked any more', async () => {
    await wanted();
    await come(1);
    service.blocked.add('bob');
    await service.restart();
    await service.settled();
    expect([isFetched(), service.transfers.views()]).toEqual([false, []]);
    service.blocked.clear();
    service.transfers.look();
    await service.settled();
    expect([isFetched(), shown()]).toEqual([true, ['waiting', undefined, FILE_CHUNK]]);
  });

  test.each<['wanted' | 'paused', boolean]>([
    ['wanted', true],
    ['paused', false],
  ])('is %s again once an entry of it has come', async (state, fetched) => {
    service.quota = 10 * FILE_CHUNK;
    const entry = service.file('carol', content(1));
    service.history.store.files.transfers.put({ sha256, entry: entry.id, state, added: 0 });
    await service.restart();
    await service.settled();
    expect(service.transfers.has(sha256)).toBe(false);
    service.file('bob', bytes);
    service.transfers.shown(sha256);
    await service.settled();
    expect([service.transfers.has(sha256), isFetched()]).toEqual([true, fetched]);
    expect(rows()).toEqual([`${sha256.slice(0, 4)} ${state}`]);
  });

  test('is forgotten with its bytes when they come by another way', async () => {
    await wanted();
    service.blocked.add('bob');
    await service.restart();
    await service.transfers.forget(sha256);
    expect(rows()).toEqual([]);
  });
});

describe('what is completed just when it is', () => {
  const completing = async (): Promise<void> => {
    await wanted();
    service.mover.stop = (hash) => Promise.resolve(service.transfers.over(hash, 'complete'));
  };

  test('paused is here', async () => {
    await completing();
    await service.transfers.pause(sha256);
    expect([rows(), shown(), service.arrived]).toEqual([[], ['done', undefined, bytes.length], [sha256]]);
  });

  test('given up is here too, and known to be', async () => {
    await completing();
    await service.transfers.cancel(sha256);
    expect([rows(), service.arrived]).toEqual([[], [sha256]]);
  });

  test('hidden is here, and not asked for again', async () => {
    await completing();
    service.file('carol', bytes, { data: { ...factsOf(bytes), name: 'b', mime: 'text/plain', size: 7 } });
    service.blocked.add('bob');
    service.transfers.look();
    await service.settled();
    expect([rows(), service.arrived]).toEqual([[], [sha256]]);
  });
});

describe('where there is no room', () => {
  test('on the disk, it waits with the reason, and goes on by itself once there is', async () => {
    service.isLow = true;
    await wanted();
    expect([isFetched(), shown(), service.transfers.isShort]).toEqual([false, ['waiting', 'storage_full', 0], true]);
    service.isLow = false;
    service.transfers.look();
    await service.settled();
    expect([isFetched(), service.transfers.isShort]).toEqual([true, false]);
  });

  test('any more while it comes, it waits, keeps what came, and goes on', async () => {
    await wanted();
    await come(2);
    service.isLow = true;
    service.mover.fetching.clear();
    service.transfers.over(sha256, 'storage_full');
    await service.settled();
    expect([isFetched(), shown(), rows()]).toEqual([
      false,
      ['waiting', 'storage_full', 2 * FILE_CHUNK],
      [`${sha256.slice(0, 4)} wanted`],
    ]);
    service.isLow = false;
    service.transfers.look();
    await service.settled();
    expect(isFetched()).toBe(true);
  });

  test('within the quota, what is promised to one is not promised to another', async () => {
    const other = content(2 * FILE_CHUNK, 'other');
    service.file('bob', other);
    await wanted();
    service.quota = 4 * FILE_CHUNK;
    service.transfers.want(factsOf(other).sha256);
    await service.settled();
    expect([isFetched(), isFetched(factsOf(other).sha256)]).toEqual([true, false]);
    expect(shown(factsOf(other).sha256)).toEqual(['waiting', 'quota_full', 0]);
    // What came of the first counts once.
    await come(2);
    service.quota = 5 * FILE_CHUNK;
    service.transfers.look();
    await service.settled();
    expect(isFetched(factsOf(other).sha256)).toBe(true);
  });
});

test.each([
  ['asking', undefined],
  ['queued', 'queued'],
  ['nobody', 'nobody'],
  ['gone', 'file_gone'],
] as const)('while it is %s, it waits with the reason %s', async (state, code) => {
  await wanted();
  service.transfers.coming({ sha256, state, done: 7, speed: 0, sources: [], liars: [] });
  expect(shown()).toEqual(['waiting', code, 7]);
});
