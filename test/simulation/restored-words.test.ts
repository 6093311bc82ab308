/** What the judge excuses after a log went two ways, and that it excuses nothing else. */
import { expect, test } from '@jest/globals';
import { entryId, type Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { Checker, type Watched } from './checker.js';
import { Disk } from './disk.js';
import type { SimulatedPeer } from './peer.js';
import { missingWord } from './restored-words.js';

const CHANNEL = '#c3' as ConversationId;
const DEVICE = 'a'.repeat(22) as DeviceId;
const NONE = new Map<string, EntryId>();

function entry(seq: number, prev: EntryId | '', message: string): Entry {
  const time = new Date(seq).toISOString();
  const fields = { conversation: CHANNEL, from: 'ann' as Username, device: DEVICE, seq, prev, time };
  const whole = { ...fields, kind: 'text', message, data: {} };
  return { ...whole, id: entryId(whole), sig: 's'.repeat(86) };
}

/** Somebody whose disk holds those, all of them durable. */
class Member implements Watched {
  readonly device = DEVICE;
  readonly running = true;
  readonly restores = 0;
  readonly machines = undefined;
  readonly disk: Disk;
  channels: readonly ConversationId[] = [CHANNEL];

  constructor(
    checker: Checker,
    readonly name: string,
    held: readonly Entry[],
  ) {
    const wrong = (what: string): void => checker.wrong(what);
    this.disk = new Disk({ later: (done) => done(), writing: (entries) => checker.writing(this, entries), wrong });
    this.disk.write([...held], NONE);
    this.disk.sync(() => undefined);
  }

  isIn(conversation: ConversationId): boolean {
    return this.channels.includes(conversation);
  }

  wasEverIn(): boolean {
    return true;
  }

  now(): number {
    return 0;
  }
}

/** The original and a copy of one device wrote two chains, each of which somebody took. */
function twoChains(): { checker: Checker; original: Member; lack: () => string | undefined } {
  const checker = new Checker(() => 0, false);
  checker.restored.add(DEVICE);
  const first = entry(1, '', 'of both');
  const [one, two] = [entry(2, first.id, 'of the original'), entry(2, first.id, 'of the copy')];
  const [original, copy] = [new Member(checker, 'original', [first, one]), new Member(checker, 'copy', [first, two])];
  for (const [author, sent] of [
    [original, one],
    [copy, two],
  ] as const) {
    checker.enrol(author, DEVICE);
    checker.written.set(sent.id, sent);
    checker.acknowledge(author, sent, undefined);
  }
  checker.written.set(first.id, first);
  // The copy's word is at the original's friends as well: written again.
  const again = { ...entry(1, '', 'of the copy'), device: 'b'.repeat(22) as DeviceId };
  const ben = new Member(checker, 'ben', [first, one]);
  ben.disk.write([{ ...again, id: entryId(again) }], NONE);
  const cat = new Member(checker, 'cat', [first, two]);
  const members = [ben, cat] as unknown as SimulatedPeer[];
  return { checker, original, lack: () => missingWord(checker, new Map([[CHANNEL, members]])) };
}

test('a word that its author can write again is missed where the other chain came first', () => {
  expect(twoChains().lack()).toMatch(/2, which was shown as sent, is not at cat/);
});

test('it is not where its author has left the conversation since', () => {
  const { original, lack, checker } = twoChains();
  original.channels = [];
  expect(lack()).toBeUndefined();
  expect(checker.violations).toEqual([]);
});

test('it is where the log goes on as the author wrote it', () => {
  const { checker, original } = twoChains();
  original.channels = [];
  const behind = new Member(checker, 'behind', []) as unknown as SimulatedPeer;
  const ben = new Member(checker, 'ben', original.disk.all(CHANNEL)) as unknown as SimulatedPeer;
  expect(missingWord(checker, new Map([[CHANNEL, [ben, behind]]]))).toMatch(/is not at behind/);
});
