import { describe, expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, UserKey, Username } from '../../protocol/ids.js';
import { pendingText } from './pending.js';
import { Receipts, type Receipt, type ReceiptShelf } from './receipts.js';

const direct = '@alice+bob' as ConversationId;
const bob = 'Bob' as Username;
const key = 'bob' as UserKey;
const device = (n: number): DeviceId => String(n).padStart(22, '0') as DeviceId;
const word = (seq: number, epoch?: string): Receipt => ({ device: device(1), username: bob, seq, lacks: false, epoch });

/** A shelf that outlives the books on it. */
class Shelf implements ReceiptShelf {
  readonly held = new Map<DeviceId, Receipt>();
  readonly reached = new Map<UserKey, { user: UserKey; delivered: number; read: number }>();
  devices: DeviceId[] = [device(1)];
  told = 0;

  receipts = () => [...this.held.values()];
  saveReceipt = (_id: ConversationId, receipt: Receipt): void => {
    this.held.set(receipt.device, receipt);
  };

  open(): Receipts {
    return new Receipts(this, () => void this.told++, {
      marks: {
        load: () => [...this.reached.values()],
        save: (_id, mark) => void this.reached.set(mark.user, mark),
      },
      devicesOf: (user) => (user === key ? this.devices : []),
    });
  }
}

describe('receipts', () => {
  test('claim what every known device of a user holds, and never less than they did, also after a restart', () => {
    const shelf = new Shelf();
    const receipts = shelf.open();
    receipts.record(direct, device(1), bob, 5);
    expect(receipts.of(direct)).toEqual({ bob: 5 });
    shelf.devices = [device(1), device(2)];
    receipts.record(direct, device(1), bob, 9);
    expect(receipts.of(direct)).toEqual({ bob: 5 });
    expect(receipts.spread(direct, key, 9)).toEqual({ holding: 1, devices: 2 });
    receipts.save();
    const again = shelf.open();
    expect(again.of(direct)).toEqual({ bob: 5 });
    again.record(direct, device(2), bob, 7);
    expect(again.of(direct)).toEqual({ bob: 7 });
    expect(again.furthest(direct)).toBe(7);
  });

  test('what everybody holds is what their devices said last: what was lost since is waited for again', () => {
    const shelf = new Shelf();
    shelf.devices = [device(1), device(2)];
    const receipts = shelf.open();
    const everywhere = (): number => receipts.everywhere(direct, new Set([key]));
    expect(everywhere()).toBe(0);
    receipts.says(direct, word(5));
    // The other device is known, and has said nothing yet.
    expect(everywhere()).toBe(0);
    receipts.says(direct, { ...word(7), device: device(2) });
    expect(everywhere()).toBe(5);
    receipts.says(direct, word(2));
    expect([receipts.of(direct), everywhere()]).toEqual([{ bob: 5 }, 2]);
    receipts.save();
    expect(shelf.open().everywhere(direct, new Set([key]))).toBe(2);
    // One that comes later has everything to fetch, from whoever has it; until it speaks, nobody knows of what.
    shelf.devices = [device(1), device(2), device(3)];
    receipts.says(direct, word(9));
    expect(everywhere()).toBe(5);
    receipts.says(direct, { ...word(0), device: device(3) });
    expect(everywhere()).toBe(0);
    shelf.devices = [device(1), device(2)];
    expect(everywhere()).toBe(5);
    expect(receipts.everywhere(direct, new Set())).toBe(0);
  });

  test('what a device holds is its latest word, also after a restart, and what was delivered stays delivered', () => {
    const shelf = new Shelf();
    const receipts = shelf.open();
    receipts.says(direct, word(5));
    receipts.save();
    receipts.says(direct, word(2));
    // A letter says what was true when it was written.
    receipts.record(direct, device(1), bob, 1);
    receipts.save();
    for (const book of [receipts, shelf.open()]) {
      expect([book.lastWord(direct, device(1))?.seq, book.lastWord(direct, device(2))?.seq]).toEqual([2, undefined]);
      expect(book.of(direct)).toEqual({ bob: 5 });
    }
  });

  test('a word of an earlier epoch counts for what was delivered, and not for what the device holds now', () => {
    const shelf = new Shelf();
    const receipts = shelf.open();
    receipts.says(direct, word(5, 'before'));
    receipts.save();
    for (const book of [receipts, shelf.open()]) {
      const held = [undefined, 'before', 'after'].map((epoch) => book.lastWord(direct, device(1), epoch)?.seq);
      expect(held).toEqual([5, 5, undefined]);
      expect(book.of(direct)).toEqual({ bob: 5 });
    }
    // A letter does not say of which epoch it is.
    receipts.record(direct, device(1), bob, 6);
    expect(receipts.lastWord(direct, device(1), 'after')?.seq).toBeUndefined();
    receipts.says(direct, word(6, 'after'));
    receipts.save();
    expect(shelf.open().lastWord(direct, device(1), 'after')?.seq).toBe(6);
  });

  test('whether a device lacks anything else is kept with its word, and a letter does not change it', () => {
    const shelf = new Shelf();
    const receipts = shelf.open();
    const lacks = (book: Receipts): boolean | undefined => book.lastWord(direct, device(1))?.lacks;
    receipts.says(direct, { ...word(5), lacks: true });
    receipts.record(direct, device(1), bob, 6);
    receipts.save();
    expect([lacks(receipts), lacks(shelf.open())]).toEqual([true, true]);
    receipts.says(direct, word(6));
    receipts.save();
    expect([lacks(receipts), lacks(shelf.open())]).toEqual([false, false]);
  });

  test('a device that is revoked keeps nothing waiting', () => {
    const shelf = new Shelf();
    shelf.devices = [device(1), device(2)];
    const receipts = shelf.open();
    receipts.record(direct, device(1), bob, 4);
    expect([receipts.of(direct), shelf.told]).toEqual([{}, 0]);
    shelf.devices = [device(1)];
    receipts.reconsider(bob);
    expect([receipts.of(direct), shelf.told]).toEqual([{ bob: 4 }, 1]);
  });

  test('tell only what is new', () => {
    const shelf = new Shelf();
    const receipts = shelf.open();
    for (const seq of [3, 3, 2]) receipts.record(direct, device(1), bob, seq);
    for (const seq of [2, 2, 1]) receipts.read(direct, key, seq);
    expect(shelf.told).toBe(2);
    expect(receipts.readsOf(direct)).toEqual({ bob: 2 });
    receipts.save();
    expect(receipts.dirty).toBe(false);
    expect(shelf.open().readsOf(direct)).toEqual({ bob: 2 });
  });
});

test.each([
  [{ presence: 'offline', link: 'none' } as const, 0, 1, /^Bob is offline: it will be delivered when/],
  [{ presence: 'online', link: 'linked' } as const, 0, 1, undefined],
  [{ presence: 'online', link: 'linked' } as const, 1, 2, /^On 1 of the 2 devices of Bob/],
  [{ presence: 'offline', link: 'none' } as const, 1, 2, /^On 1 of the 2 devices of Bob/],
  [
    { presence: 'online', link: 'connecting', reason: 'Bob is online but nobody answers.' } as const,
    0,
    1,
    /^Bob is online but nobody answers\. It will be delivered as soon as there is a link\.$/,
  ],
  [undefined, 0, 0, /^Bob is offline/],
])('pending: %j, on %i of %i', (person, holding, devices, text) => {
  const said = pendingText({ kind: 'direct', username: 'Bob', person, holding, devices });
  if (text === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(text);
});

test('pending in a channel: as long as nobody else is linked', () => {
  expect(pendingText({ kind: 'channel', channel: '#general', linked: true })).toBeUndefined();
  expect(pendingText({ kind: 'channel', channel: '#general', linked: false })).toMatch(
    /^Nobody else in #general can be reached: it will be delivered when anyone in #general is back\.$/,
  );
});
