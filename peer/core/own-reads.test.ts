import { beforeEach, expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { OWN_READ_MAX, type OwnRead } from '../../protocol/link-messages.js';
import { OwnReads, type OwnReadLink } from './own-reads.js';

const general = '#general' as ConversationId;
const direct = '@alice+bob' as ConversationId;
const [laptop, phone, bobs] = ['L', 'P', 'B'].map((letter) => letter.repeat(22)) as [DeviceId, DeviceId, DeviceId];

let logs: Map<ConversationId, Map<DeviceId, number>>;
let read: Map<DeviceId, number>;
let kept: [ConversationId, [DeviceId, number][], boolean][];
let knows: boolean;
let turns: (() => void)[];
let timer: (() => void) | undefined;
let reads: OwnReads;

beforeEach(() => {
  logs = new Map([[general, new Map([[bobs, 5]])]]);
  [read, kept, knows, turns, timer] = [new Map([[bobs, 3]]), [], true, [], undefined];
  reads = new OwnReads({
    self: { username: 'alice' as Username },
    conversations: () => logs.keys(),
    shares: (conversation) => logs.has(conversation),
    durable: (conversation) => logs.get(conversation) ?? new Map<DeviceId, number>(),
    readOf: (_, device, end) => Math.min(read.get(device) ?? 0, end),
    knows: () => knows,
    heard: (conversation, said, whole) => kept.push([conversation, [...said], whole]) > 0,
    soon: (run) => void turns.push(run),
    timers: { setTimeout: (run) => (timer = run), clearTimeout: () => (timer = undefined) },
  });
});

function run(): void {
  const due = timer;
  timer = undefined;
  due?.();
  for (let turn = turns.shift(); turn; turn = turns.shift()) turn();
}

function linkTo(device: DeviceId, username = 'Alice', id = 1): { told: OwnRead[]; link: OwnReadLink } {
  const told: OwnRead[] = [];
  return { told, link: { id, remote: { username: username as Username, device }, send: (one) => told.push(one) } };
}

test('another device is told each conversation in a turn of its own, and then only what is new', () => {
  logs.set(direct, new Map([[phone, 2]]));
  const { told, link } = linkTo(phone);
  reads.up(link);
  expect(told).toEqual([]);
  turns.shift()?.();
  expect(told).toEqual([{ type: 'own_read', conversation: general, logs: { [bobs]: 3 }, whole: true }]);
  run();
  expect(told.slice(1)).toEqual([{ type: 'own_read', conversation: direct, logs: {}, whole: true }]);
  reads.marked(general);
  run();
  expect(told).toHaveLength(2);
  read.set(bobs, 5);
  for (let i = 0; i < 10; i++) reads.marked(general);
  run();
  expect(told.slice(2)).toEqual([{ type: 'own_read', conversation: general, logs: { [bobs]: 5 } }]);
});

test('nobody else is told, nor believed', () => {
  const { told, link } = linkTo(bobs, 'bob');
  reads.up(link);
  reads.marked(general);
  run();
  expect(told).toEqual([]);
  reads.heard(link, { type: 'own_read', conversation: general, logs: { [bobs]: 9 } });
  reads.heard(linkTo(phone).link, { type: 'own_read', conversation: '#secret' as ConversationId, logs: { [bobs]: 9 } });
  expect(kept).toEqual([]);
});

test('a device that does not know what was read says so, and passes on what it hears', () => {
  knows = false;
  read.clear();
  const [first, third] = [linkTo(laptop), linkTo(phone, 'alice', 2)];
  for (const { link } of [first, third]) reads.up(link);
  run();
  expect([first.told, third.told]).toEqual([[], []]);
  reads.heard(first.link, { type: 'own_read', conversation: general, logs: { [bobs]: 4 }, whole: true });
  expect(kept).toEqual([[general, [[bobs, 4]], true]]);
  [knows, read] = [true, new Map([[bobs, 4]])];
  run();
  expect(third.told).toEqual([{ type: 'own_read', conversation: general, logs: { [bobs]: 4 }, whole: true }]);
});

test('a conversation of very many is told in turns, in lines that are taken, of which the last says that it is whole', () => {
  const many = Array.from({ length: OWN_READ_MAX + 1 }, (_, n) => String(n).padStart(22, '0') as DeviceId);
  logs.set(general, new Map(many.map((device) => [device, 1])));
  read = new Map(many.map((device) => [device, 1]));
  const { told, link } = linkTo(phone);
  reads.up(link);
  turns.shift()?.();
  expect(told).toHaveLength(1);
  run();
  expect(told.map((one) => [Object.keys(one.logs).length, one.whole])).toEqual([
    [OWN_READ_MAX, undefined],
    [1, true],
  ]);
});

test('a device that has gone is told nothing, and all of it when it is back', () => {
  const { told, link } = linkTo(phone);
  reads.up(link);
  reads.down(link);
  run();
  expect(told).toEqual([]);
  reads.up({ ...link, id: 2 });
  run();
  expect(told).toHaveLength(1);
  reads.marked(general);
  reads.close();
  expect(timer).toBeUndefined();
});
