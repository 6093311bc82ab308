/** How much of the receipts of others is kept, and for how long. */
import { expect, test } from '@jest/globals';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { SignedReceipts } from '../../protocol/receipt-messages.js';
import { ReceiptRelay } from './signed-receipts.js';

const general = 'general' as ChannelName;

test('one link fills a part of the memory alone', () => {
  const sent: SignedReceipts[] = [];
  const relay = new ReceiptRelay({
    ...{ username: 'bob' as Username, device: 'bob' as DeviceId, refuse: () => undefined, soon: () => undefined },
    log: { durable: () => new Map([['alice' as DeviceId, 9]]) },
    keys: {
      sign: () => 'signed',
      owner: () => 'kim' as Username,
      verify: (_device, _id, _sig, done) => done(true),
    },
    tree: { has: () => true, cameBy: () => 1, branches: () => [] },
    isShared: () => true,
    send: (_link, line) => line.type === 'receipts' && sent.push(line),
    heard: () => undefined,
  });
  const devices = (from: string, count: number): SignedReceipts => ({
    ...{ type: 'receipts', channel: general, author: 'alice' as DeviceId },
    receipts: Array.from({ length: count }, (_, i) => ({
      device: `${from} ${i}` as DeviceId,
      seq: 1,
      sig: 'signed',
    })),
  });
  for (const link of [1, 2, 3]) relay.up(link, `peer ${link}` as DeviceId, true);
  relay.hear(2, devices('flood', 30_000), 0);
  relay.hear(3, devices('member', 100), 0);
  relay.tick(1_000);
  const passed = sent.flatMap(({ receipts }) => receipts.map(({ device }) => device.split(' ')[0]));
  expect(passed.filter((from) => from === 'member')).toHaveLength(100);
  expect(passed.filter((from) => from === 'flood')).toHaveLength(5_000);
  // What was passed on is forgotten, and with it what the link has filled.
  relay.tick(100_000);
  relay.hear(2, devices('later', 100), 200_000);
  relay.tick(201_000);
  relay.hear(2, devices('last', 100), 202_000);
  relay.tick(203_000);
  const after = sent.flatMap(({ receipts }) => receipts.map(({ device }) => device.split(' ')[0]));
  expect(after.filter((from) => from === 'last')).toHaveLength(100);
});
