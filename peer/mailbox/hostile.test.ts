/** What others may leave in a mailbox: bounded cost, nothing believed, nothing looped. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes, sign } from 'node:crypto';
import { entryId, signedBytes, toWire, type Entry, type EntryFields } from '../../protocol/entry.js';
import type { ChannelName, ConversationId } from '../../protocol/ids.js';
import { writeLetter, type LetterHead } from '../../protocol/mailbox-letter.js';
import { seal, SEALED_EXTRA, SEALED_VERSION } from '../../protocol/sealed.js';
import { BLOCKED_KEPT } from './receiver.js';
import type { TestDevice } from './test-device.js';
import type { TestIdentity } from './test-tracker.js';
import { TestWorld } from './test-world.js';

const DIRECT = '@alice+bob' as ConversationId;
let world: TestWorld;
let bob: TestDevice;
let alice: TestIdentity;
let mallory: TestIdentity;
beforeEach(async () => {
  world = new TestWorld();
  alice = world.identity('alice');
  mallory = world.identity('mallory');
  bob = await world.away('bob');
});
afterEach(() => world.close());

const line = (value: object): string => `${JSON.stringify(value)}\n`;

function entry(by: TestIdentity, conversation: string, message: string, more: Partial<EntryFields> = {}): Entry {
  const fields: EntryFields = {
    ...{ conversation: conversation as ConversationId, from: by.username, device: by.device, seq: 1, prev: '' },
    ...{ time: new Date(world.now).toISOString(), kind: 'text', message, data: {} },
    ...more,
  };
  const id = entryId(fields);
  return { ...fields, id, sig: sign(null, signedBytes(id), by.privateKey).toString('base64url') };
}

function letter(by: TestIdentity, lines: string, head: Partial<LetterHead> = {}): Buffer {
  const prekey = world.tracker.prekeys.get(bob.device);
  if (!prekey) throw new Error('bob has a prekey');
  const to = { device: bob.device, prekey: prekey.id };
  const from: LetterHead = {
    ...{ username: by.username, device: by.device, channels: ['general' as ChannelName] },
    ...{ time: new Date(world.now).toISOString(), ...head },
  };
  const text = writeLetter(from, to, lines, (bytes) => sign(null, bytes, by.privateKey).toString('base64url'));
  return seal(to, Buffer.from(prekey.key, 'base64url'), text, randomBytes(32));
}

const devices = (...all: TestIdentity[]): string => line({ type: 'devices', certificates: all.map(({ pem }) => pem) });

/** Bob comes, and reads. All of it is gone from the mailbox afterwards, whatever it was. */
async function read(...blobs: Buffer[]): Promise<void> {
  const prekey = world.tracker.prekeys.get(bob.device)?.id ?? '';
  for (const blob of blobs) world.tracker.drop(bob.device, prekey, blob);
  await bob.restart();
  await world.reach(() => world.tracker.letters(bob.device) === 0);
}

describe('a letter', () => {
  test('of somebody certified is read: the ones below differ from it in one thing each', async () => {
    await read(letter(alice, devices(alice) + line(toWire(entry(alice, DIRECT, 'hello')))));
    expect(bob.texts(DIRECT)).toEqual(['hello']);
    expect(bob.warnings).toEqual([]);
  });

  test('is dropped when it is not what it says, and the next one is read', async () => {
    const hello = toWire(entry(alice, DIRECT, 'hello'));
    const good = devices(alice) + line(hello);
    const bad: Record<string, () => Buffer> = {
      'not sealed at all': () => Buffer.alloc(1024 + SEALED_EXTRA, SEALED_VERSION),
      'of no size class': () => Buffer.from('short'),
      'by one who signs with another key': () => letter({ ...alice, privateKey: mallory.privateKey }, good),
      'under another name': () => letter(mallory, devices(mallory) + line(hello), { username: alice.username }),
      'under another device': () => letter(mallory, devices(alice, mallory) + line(hello), { device: alice.device }),
      'without a certificate': () => letter(alice, line(hello)),
      'with a certificate of nobody': () => letter({ ...alice, pem: 'made up' }, devices({ ...alice, pem: 'made up' })),
      'of after the certificate': () => letter(alice, good, { time: '2120-01-01T00:00:00.000Z' }),
      'with too many certificates': () =>
        letter(alice, devices(...Array.from({ length: 9 }, () => alice)) + line(hello)),
      'with a line that is no JSON': () => letter(alice, `${good}{\n`),
      'with a message of a wrong shape': () => letter(alice, good + line({ type: 'want', conversation: 7 })),
      'with bytes that are no text': () => letter(alice, `${good}\ud800\n`),
      'about a conversation of others': () =>
        letter(alice, devices(alice) + line(toWire(entry(alice, '@alice+carol', 'psst')))),
      'about a channel that bob is not in': () =>
        letter(alice, devices(alice) + line(toWire(entry(alice, '#tech', 'hi'))), {
          channels: ['tech' as ChannelName],
        }),
      'about a channel that its writer does not claim': () =>
        letter(alice, devices(alice) + line(toWire(entry(alice, '#general', 'hi'))), { channels: [] }),
      'with an entry whose id is wrong': () => letter(alice, devices(alice) + line({ ...hello, message: 'other' })),
      'with an entry whose signature is wrong': () =>
        letter(alice, devices(alice) + line({ ...hello, sig: 'x'.repeat(85) + 'A' })),
      'with an entry in the name of another': () =>
        letter(
          mallory,
          devices(mallory) + line(toWire(entry({ ...mallory, username: alice.username }, '#general', 'x'))),
        ),
      'with an entry of an author without a certificate': () =>
        letter(mallory, devices(mallory) + line(toWire(entry(world.identity('carol'), '#general', 'x')))),
    };
    for (const [what, make] of Object.entries(bad)) {
      bob.warnings.length = 0;
      await read(make());
      expect([what, bob.warnings.length]).toEqual([what, 1]);
    }
    expect(bob.texts(DIRECT)).toEqual([]);
    expect(bob.texts('#general')).toEqual([]);
    await read(...Object.values(bad).map((make) => make()), letter(alice, good));
    expect(bob.texts(DIRECT)).toEqual(['hello']);
  });

  test('of a revoked device is dropped', async () => {
    world.revoked.add(alice.device);
    await read(letter(alice, devices(alice) + line(toWire(entry(alice, DIRECT, 'hello')))));
    expect(bob.texts(DIRECT)).toEqual([]);
    expect(bob.warnings).toHaveLength(1);
  });

  test('that is replayed, in any order, changes nothing', async () => {
    const first = entry(alice, DIRECT, 'one');
    const second = entry(alice, DIRECT, 'two', { seq: 2, prev: first.id });
    const letters = [first, second].map((it) => letter(alice, devices(alice) + line(toWire(it))));
    const [one, two] = letters as [Buffer, Buffer];
    await read(one, two);
    await read(two, one, one, two, two);
    expect(bob.shown.map(({ message }) => message)).toEqual(['one', 'two']);
  });

  test('cannot frame an author, nor leave a gap', async () => {
    const first = entry(alice, DIRECT, 'one');
    const other = entry(alice, DIRECT, 'another one');
    const third = entry(alice, DIRECT, 'three', { seq: 3, prev: other.id });
    await read(
      letter(alice, devices(alice) + line(toWire(first))),
      letter(alice, devices(alice) + line(toWire(other))),
      letter(alice, devices(alice) + line(toWire(third))),
    );
    expect(bob.texts(DIRECT)).toEqual(['one']);
  });

  test('with unsigned entries behind the last signature brings those before it, and keeps nobody waiting', async () => {
    const first = entry(alice, DIRECT, 'one');
    const { sig: _, ...unsigned } = entry(alice, DIRECT, 'two', { seq: 2, prev: first.id });
    await read(letter(alice, devices(alice) + line(toWire(first)) + line(toWire(unsigned))));
    expect(bob.texts(DIRECT)).toEqual(['one']);
  });
});

describe('a receipt by letter', () => {
  const have = (conversation: string, device: string, seq: number): string =>
    line({ type: 'have', conversations: { [conversation]: { [device]: seq } } });

  test('counts for its writer’s device, for what is shared, and for what was written', async () => {
    await bob.restart();
    await bob.post(DIRECT, 'one', 'two');
    await bob.post('#general', 'all');
    const forged = have(DIRECT, bob.device, 2);
    await read(
      letter(mallory, devices(mallory) + forged),
      letter({ ...mallory, username: alice.username }, devices(mallory) + forged, { device: alice.device }),
      letter(mallory, devices(mallory, alice) + forged, { username: alice.username, device: alice.device }),
    );
    expect(bob.receipts.size).toBe(0);
    await read(letter(mallory, devices(mallory) + have('#general', bob.device, 1)));
    expect(bob.told('#general', mallory.device)).toBe(1);
    await read(letter(alice, devices(alice) + have(DIRECT, bob.device, 2 ** 31 - 1)));
    expect(bob.told(DIRECT, alice.device)).toBe(2);
  });
});

describe('asking for a log again', () => {
  test('is honoured once in a while, for one’s own logs, to those who share them', async () => {
    await bob.restart();
    await bob.post(DIRECT, 'one', 'two');
    const asks = (by: TestIdentity, conversation: string): Buffer => {
      const want = { type: 'want', conversation, device: bob.device, from: 1, to: 2 };
      return letter(by, devices(by) + line(want).repeat(60));
    };
    world.tracker.handOut(mallory);
    world.tracker.handOut(alice);
    await read(asks(mallory, DIRECT), asks(mallory, '@bob+mallory'));
    await world.pass(30_000);
    expect(world.tracker.letters(mallory.device)).toBe(0);
    const before = world.tracker.letters(alice.device);
    await read(...Array.from({ length: 10 }, () => asks(alice, DIRECT)));
    await world.pass(60_000);
    expect(world.tracker.letters(alice.device) - before).toBe(1);
  });
});

test('whatever is sealed, however mad, is dropped or read, and bob goes on', async () => {
  const types = [
    'chat',
    'broadcast',
    'have',
    'want',
    'devices',
    'joined',
    'left',
    'read',
    'error',
    'ping',
    'letter',
    'handshake',
  ];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(DIRECT, '#general', alice.device, alice.pem, 1, 2 ** 31),
  );
  const keys = [
    'conversation',
    'conversations',
    'device',
    'from',
    'to',
    'certificates',
    'channel',
    'message',
    'seq',
    'id',
    'prev',
    'sig',
  ];
  const message = fc
    .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...keys), value))
    .map(([type, rest]) => line({ ...rest, type }));
  const hello = line(toWire(entry(alice, DIRECT, 'hello')));
  const real = fc.constantFrom(hello, devices(alice), hello.slice(0, 40), '\n\n', line({ type: 'ping' }));
  const lines = fc.array(
    fc.oneof(
      message,
      real,
      fc.string().map((text) => `${text}\n`),
    ),
    { maxLength: 12 },
  );
  await bob.restart();
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), async (all, introduced) => {
      await read(letter(alice, (introduced ? devices(alice) : '') + all.join('')));
      expect(bob.texts(DIRECT).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
  await read(letter(alice, devices(alice) + hello));
  expect(bob.texts(DIRECT)).toEqual(['hello']);
});

test('letters of somebody blocked are theirs, whatever entry of somebody else lies in each: they fill no mailbox', async () => {
  bob.blocked.add(mallory.username);
  // Nothing is taken of anybody, so that each waits for both logs.
  bob.diskLow = true;
  const own: Entry[] = [];
  for (let seq = 1; seq <= 12; seq++)
    own.push(entry(mallory, '@bob+mallory', 'x'.repeat(15_000), { seq, prev: own.at(-1)?.id ?? '' }));
  const lines = [...own, entry(alice, '#general', 'a shield')].map((one) => line(toWire(one))).join('');
  const blob = letter(mallory, devices(mallory, alice) + lines);
  const fit = Math.floor(BLOCKED_KEPT / blob.length);
  const prekey = world.tracker.prekeys.get(bob.device)?.id ?? '';
  for (let i = 0; i < fit + 3; i++) world.tracker.drop(bob.device, prekey, blob);
  await bob.restart();
  await world.until(() => world.tracker.letters(bob.device) <= fit);
  await world.settle();
  expect(world.tracker.letters(bob.device)).toBe(fit);
});
