/** What the user is told of a transfer while they block somebody. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Username } from '../../protocol/ids.js';
import type { TransferView } from '../../protocol/local-api.js';
import { content, factsOf } from './test-blobs.js';
import { general, TestService } from './test-service.js';
import { userIn, visible } from './visible.js';

let service: TestService;
beforeEach(async () => {
  service = await TestService.open();
});
afterEach(() => service.close());

const bytes = content(1);
const { sha256 } = factsOf(bytes);

describe('what the user sees of a transfer', () => {
  test('names nobody whom they block, and the entry that is left where the one of a blocked person was meant', () => {
    const [first, second] = [
      service.file('bob', bytes),
      service.file('mal', bytes, { data: { name: 'of mal', mime: 'a/b', ...factsOf(bytes) } }),
    ];
    const hides = (user: string): boolean => user === 'mal';
    const view: TransferView = {
      ...{ id: sha256, sha256, entry: second.id, conversation: general, name: 'of mal', size: 1, direction: 'down' },
      ...{ state: 'done', done: 1, users: ['mal', 'bob'], liars: ['mal'] },
    };
    expect(visible(view, [first], hides)).toEqual({
      ...{ id: sha256, sha256, entry: first.id, conversation: general, name: 'a.bin', size: 1, direction: 'down' },
      ...{ state: 'done', done: 1, users: ['bob'] },
    });
    expect(visible(view, [], hides)).toBeUndefined();
  });

  test('is nothing of what goes to somebody whom they block', () => {
    const own = service.file('ann', bytes);
    service.transfers.going({ sha256, entry: own.id, user: 'mal' as Username, sent: 1, speed: 1 }, false);
    const [view] = service.transfers.views();
    expect(userIn(view?.id ?? '')).toBe('mal');
    expect(view && visible(view, [own], (user) => user === 'mal')).toBeUndefined();
    expect(view && visible(view, [own], () => false)).toEqual(view);
  });
});
