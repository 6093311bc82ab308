/** Files in the tray and on their way to the daemon. */
import { describe, expect, test } from '@jest/globals';
import {
  isBlocked,
  isCleaned,
  nextUploads,
  type Order,
  type Outgoing,
  type OutgoingChange,
  type OutgoingFile,
  sendingTo,
  trayOf,
  withOutgoing,
} from './outgoing.js';
import { type Pace, paceAfter, timeLeft } from './pace.js';

const file = (id: string, changes: Partial<OutgoingFile> = {}): OutgoingFile => ({
  ...{ id, conversation: '#general', name: `${id}.png`, size: 1_000, mime: 'image/png' },
  ...{ phase: 'ready', looks: {}, personal: 'none', keepsPersonal: false, done: 0, ...changes },
});
const run = (files: Outgoing, ...changes: OutgoingChange[]): Outgoing => changes.reduce(withOutgoing, files);
const ids = (files: Outgoing): string => files.map(({ id }) => id).join(' ');
const order = (changes: Partial<Order> = {}): Order => ({ conversation: '#general', message: 'hello', ...changes });
const send = (changes: Partial<Order> = {}): OutgoingChange => ({
  kind: 'send',
  from: '#general',
  order: order(changes),
});

describe('in the tray', () => {
  test('files are moved among those of their own conversation, and not beyond its ends', () => {
    const files = [file('a'), file('x', { conversation: '#other' }), file('b'), file('c')];
    expect(ids(run(files, { kind: 'move', id: 'c', by: -1 }))).toBe('a x c b');
    expect(ids(run(files, { kind: 'move', id: 'b', by: -1 }))).toBe('b x a c');
    expect(ids(run(files, { kind: 'move', id: 'a', by: 9 }))).toBe('b x c a');
    for (const [id, by] of [
      ['a', -1],
      ['c', 1],
      ['none', 1],
    ] as const) {
      expect(run(files, { kind: 'move', id, by })).toBe(files);
    }
  });

  test('one that is sent is not moved, and does not count', () => {
    const files = run([file('a'), file('b')], send(), { kind: 'add', files: [file('c'), file('d')] });
    expect(ids(trayOf(files, '#general'))).toBe('c d');
    expect(run(files, { kind: 'move', id: 'a', by: 1 })).toBe(files);
    expect(ids(run(files, { kind: 'move', id: 'd', by: -5 }))).toBe('a b d c');
  });

  test('what was known of its looks stays when it is read', () => {
    const voice = file('v', { phase: 'reading', looks: { voice: true, duration: 900 } });
    const read = run([voice], { kind: 'read', id: 'v', looks: { duration: 5, width: 2 }, personal: 'none' });
    expect(read[0]?.looks).toEqual({ voice: true, duration: 900, width: 2 });
  });

  test('what tells of places is taken out, unless the sender says otherwise; what is damaged is asked about', () => {
    const of = (changes: Partial<OutgoingFile>): OutgoingFile => file('a', changes);
    expect([of({ personal: 'place' }), of({ personal: 'some' })].map(isCleaned)).toEqual([true, true]);
    expect(isCleaned(of({ personal: 'place', keepsPersonal: true }))).toBe(false);
    expect([of({ personal: 'damaged' }), of({ phase: 'unreadable' })].map(isBlocked)).toEqual([true, true]);
    const kept = run([of({ personal: 'damaged' })], { kind: 'personal', ids: ['a'], keeps: true });
    expect(kept.map(isBlocked)).toEqual([false]);
  });
});

describe('to be sent', () => {
  test('the first has the caption, the answer and whom that calls, and several know that they belong together', () => {
    const several = run(
      [file('a'), file('b'), file('x', { conversation: '#other' })],
      send({ replyTo: 'e', call: true, group: 'g' }),
    );
    expect(several.map((one) => one.order)).toEqual([
      { conversation: '#general', message: 'hello', replyTo: 'e', call: true, group: 'g' },
      { conversation: '#general', message: '', group: 'g' },
      undefined,
    ]);
    const [one] = run([file('a')], send({ group: 'g' }));
    expect(one?.order).toEqual({ conversation: '#general', message: 'hello' });
  });

  test('may go elsewhere than they were put: to one person alone', () => {
    const files = run([file('a')], send({ conversation: '@alice|bob' }));
    expect([ids(sendingTo(files, '@alice|bob')), ids(sendingTo(files, '#general'))]).toEqual(['a', '']);
  });

  test('one whose looks are still unknown waits for them, and the next of its group for it', () => {
    const files = run([file('a', { phase: 'reading' }), file('b')], send({ group: 'g' }));
    expect(nextUploads(files)).toEqual([]);
    const read = run(files, { kind: 'read', id: 'a', looks: {}, personal: 'none' });
    expect(ids(nextUploads(read))).toBe('a');
  });

  test('one after the other of a group, three groups at once; one that failed holds up none', () => {
    const group = (name: string): Outgoing => run([file(`${name}1`), file(`${name}2`)], send({ group: name }));
    const files = ['a', 'b', 'c', 'd'].flatMap(group);
    expect(ids(nextUploads(files))).toBe('a1 b1 c1');
    const uploading = run(files, ...['a1', 'b1'].map((id) => ({ kind: 'phase', id, phase: 'uploading' }) as const));
    expect(ids(nextUploads(uploading))).toBe('c1');
    const failed = run(uploading, { kind: 'phase', id: 'a1', phase: 'failed', problem: 'no' });
    expect(ids(nextUploads(failed))).toBe('a2 c1');
    const waiting = run(uploading, { kind: 'phase', id: 'a1', phase: 'waiting', problem: 'full' });
    expect(ids(nextUploads(waiting))).toBe('c1 d1');
  });

  test('what was told of an earlier try is forgotten with the next', () => {
    const [tried] = run(
      [file('a', { order: order(), phase: 'uploading' })],
      { kind: 'progress', id: 'a', done: 500, speed: 9 },
      { kind: 'phase', id: 'a', phase: 'failed', problem: 'no' },
      { kind: 'phase', id: 'a', phase: 'queued' },
    );
    expect(tried).toEqual(file('a', { order: order(), phase: 'queued' }));
  });

  test('one that cannot be read has failed once it is sent, and is unreadable before', () => {
    const gone = { kind: 'unreadable', id: 'a', problem: 'gone' } as const;
    expect(run([file('a')], gone)[0]?.phase).toBe('unreadable');
    expect(run([file('a')], send(), gone)[0]?.phase).toBe('failed');
  });
});

describe('the speed', () => {
  const after = (...looks: (readonly [at: number, done: number])[]): Pace =>
    looks.reduce<Pace>((pace, [at, done]) => paceAfter(pace, at, done), { at: 0, done: 0 });

  test('is that of now, not that of the beginning', () => {
    expect(after([100, 1_000]).speed).toBeUndefined();
    expect(after([1_000, 1_000]).speed).toBe(1_000);
    const slower = Array.from({ length: 20 }, (_, i) => [2_000 + i * 1_000, 1_000 + (i + 1) * 10] as const);
    expect(after([1_000, 1_000], ...slower).speed).toBeCloseTo(10, 0);
  });

  test('takes no clock that stands or goes back, and no bytes that come back, for a speed', () => {
    const pace = after([1_000, 1_000]);
    expect(paceAfter(pace, 1_000, 2_000)).toBe(pace);
    expect(paceAfter(pace, 500, 2_000)).toBe(pace);
    expect(paceAfter(pace, 3_000, 10)).toBe(pace);
  });

  test('says how long it still takes, or nothing where nothing moves', () => {
    expect(timeLeft(5_000, 1_000)).toBe(5_000);
    expect([timeLeft(5_000, undefined), timeLeft(5_000, 0)]).toEqual([undefined, undefined]);
  });
});
