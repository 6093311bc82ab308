import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { content } from './test-blobs.js';
import { general, left, TestService } from './test-service.js';

let service: TestService;
beforeEach(async () => {
  service = await TestService.open();
});
afterEach(() => service.close());

const [a, b, c] = [content(100, 'a'), content(200, 'b'), content(300, 'c')];
const here = (): number[] =>
  service.blobs.store
    .all()
    .map(({ size }) => size)
    .sort((x, y) => x - y);

describe('room for what is to come', () => {
  test('is made of what was not opened for the longest; pinned, own and begun ones stay', async () => {
    for (const [at, bytes] of [c, a, b].entries()) {
      service.file('bob', bytes);
      await service.has(bytes, { opened: at + 1 });
    }
    const own = content(1_000, 'own');
    await service.has(own, { own: true });
    const pinned = await service.has(content(2_000, 'pinned'));
    service.history.store.files.blobs.pin(pinned, true);
    const begun = await service.blobs.store.partial({ sha256: 'e'.repeat(64), size: 50, chunks: 'f'.repeat(64) });
    service.quota = 3_600;
    expect(await service.room.find(300)).toBeUndefined();
    expect([here(), service.gone.length]).toEqual([[100, 200, 1_000, 2_000], 1]);
    expect(await service.room.find(600)).toBeUndefined();
    expect(here()).toEqual([1_000, 2_000]);
    // More than may go is asked for: nothing more goes.
    service.file('bob', a);
    await service.has(a);
    expect(await service.room.find(601)).toBe('quota_full');
    expect([here(), begun.isClosed]).toEqual([[100, 1_000, 2_000], false]);
    expect(await service.room.clean({})).toBe(0);
    service.quota = 0;
    expect(await service.room.clean({})).toBe(100);
  });

  test('is none where the disk is low, or too small: then nothing is cleaned', async () => {
    service.file('bob', a);
    await service.has(a);
    service.isLow = true;
    expect(await service.room.find(10)).toBe('storage_full');
    service.isLow = false;
    service.free = 10;
    expect(await service.room.find(10)).toBe('storage_full');
    expect(here()).toEqual([100]);
    service.free = 1e12;
    expect(await service.room.find(10)).toBeUndefined();
  });
});

describe('what lies here of files that the user does not see any more', () => {
  beforeEach(async () => {
    service.file('bob', a);
    service.file('mallory', b);
    service.file('bob', c, { conversation: left });
    service.file('alice', content(400, 'own'), { conversation: left });
    for (const bytes of [a, b, c]) await service.has(bytes);
    await service.has(content(400, 'own'), { own: true });
    service.blocked.add('mallory');
  });

  test('is said in one sum, without the names', async () => {
    const usage = await service.room.usage();
    expect(usage).toMatchObject({
      used: 1_000,
      conversations: [{ conversation: general, bytes: 100, files: 1 }],
      elsewhere: { bytes: 900, files: 3 },
    });
    service.blocked.clear();
    const { conversations, elsewhere } = await service.room.usage();
    expect(conversations).toEqual([{ conversation: general, bytes: 300, files: 2 }]);
    expect(elsewhere).toEqual({ bytes: 700, files: 2 });
  });

  test('can be cleaned, but for what is own or pinned; and what is seen stays', async () => {
    expect(await service.room.clean({ elsewhere: true })).toBe(500);
    expect(here()).toEqual([100, 400]);
    expect((await service.room.usage()).elsewhere).toEqual({ bytes: 400, files: 1 });
  });

  test('does not keep what is seen in one conversation from being cleaned with it', async () => {
    service.file('bob', a, { conversation: left });
    expect(await service.room.clean({ conversation: general })).toBe(100);
    expect(here()).toEqual([200, 300, 400]);
  });
});

test('one file is cleaned by its hash, whatever it is; one that is not here cannot be', async () => {
  const own = await service.has(a, { own: true });
  service.history.store.files.blobs.pin(own, true);
  expect(await service.room.clean({ sha256: own })).toBe(100);
  await expect(service.room.clean({ sha256: own })).rejects.toMatchObject({ code: 'not_found' });
});
