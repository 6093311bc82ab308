import { describe, expect, test } from '@jest/globals';
import { boxOf, fileForm, fileLook, isGiant, lookOf, waveLevels } from './files.js';
import { buildRows, keyOfEntry } from './rows.js';
import { entry, fileEntry, SHA, transferOf } from './test-samples.js';
import { downOf, fileState, partDone, secondsLeft, upsOf } from './transfers.js';

const facts = { name: 'a.png', size: 1, mime: 'image/png', sha256: SHA };

describe('what an entry says of a file', () => {
  test('is read where it can be used', () => {
    expect(fileLook(fileEntry(1, { thumbnail: 'AAAA', group: 'g', duration: 12 }))).toMatchObject({
      ...{ name: 'view-1.png', kind: 'image', width: 800, height: 600, thumbnail: 'AAAA', group: 'g', duration: 12 },
      voice: false,
    });
  });

  const unusable: readonly (readonly [string, object])[] = [
    ['no name', { ...facts, name: undefined }],
    ['a name that is no text', { ...facts, name: 7 }],
    ['a size below nothing', { ...facts, size: -1 }],
    ['a size that is no number', { ...facts, size: '1' }],
    ['a size beyond all files', { ...facts, size: 2 ** 53 }],
    ['a hash that leads elsewhere', { ...facts, sha256: '../../etc/passwd' }],
    ['a hash in capitals', { ...facts, sha256: SHA.toUpperCase() }],
  ];
  test.each(unusable)('%s makes it nothing that is shown', (_, data) => {
    expect(lookOf(data as Record<string, unknown>)).toBeUndefined();
  });

  const odd: readonly (readonly [string, object])[] = [
    ['a side of zero', { width: 0, height: 9 }],
    ['one side alone', { width: 9 }],
    ['a side that is no number', { width: 'calc(9)', height: 9 }],
    ['a thumbnail that is an address', { thumbnail: 'https://example.org/a.png' }],
    ['a thumbnail that is too large', { thumbnail: 'A'.repeat(30_000) }],
    ['a waveform of other signs', { waveform: '<b>' }],
    ['a duration that is no number', { duration: 'long' }],
    ['a group that is a name of everything', { group: {} }],
  ];
  test.each(odd)('%s is passed over', (_, data) => {
    const plain = { name: 'a.png', kind: 'image', mime: 'image/png', sha256: SHA, size: 1, voice: false };
    expect(lookOf({ ...facts, ...data })).toEqual(plain);
  });

  test('its name can neither turn around, nor hide, nor be a path', () => {
    expect(lookOf({ ...facts, name: 'photo\u202egpj.exe' })?.name).toBe('photogpj.exe');
    expect(lookOf({ ...facts, name: '../../a\n b' })?.name).not.toMatch(/[/\n]/);
  });

  test('a file that was taken back shows nothing', () => {
    expect(fileLook(fileEntry(1, {}, { deleted: true }))).toBeUndefined();
    expect(fileLook(entry(1))).toBeUndefined();
  });
});

describe('what is drawn in the page', () => {
  const formOf = (mime: string, more: object = {}): string => fileForm(lookOf({ ...facts, mime, ...more }) ?? fail());
  const fail = (): never => {
    throw new Error('no look');
  };

  test.each(['image/svg+xml', 'text/html', 'application/xhtml+xml', 'image/bmp', 'application/pdf', 'text/javascript'])(
    'is nothing of %s, whatever else it says',
    (mime) => expect(formOf(mime, { voice: true, width: 1, height: 1 })).toBe('card'),
  );

  test('is a picture, a film, a sound and a voice', () => {
    expect(formOf('image/avif')).toBe('picture');
    expect(formOf('video/webm')).toBe('video');
    expect(formOf('audio/ogg')).toBe('audio');
    expect(formOf('audio/ogg', { voice: true })).toBe('voice');
  });

  test('is no picture of more pixels than memory has room for', () => {
    expect(isGiant({ width: 8064, height: 6048 })).toBe(false);
    expect(isGiant({ width: 30_000, height: 30_000 })).toBe(true);
  });
});

describe('the room for a picture', () => {
  const room = { width: 400, height: 300 };

  test('keeps its shape, within what there is, and never enlarges it', () => {
    expect(boxOf({ width: 1600, height: 1200 }, room)).toEqual({ width: 400, height: 300 });
    expect(boxOf({ width: 600, height: 1200 }, room)).toEqual({ width: 150, height: 300 });
    expect(boxOf({ width: 100, height: 80 }, room)).toEqual({ width: 100, height: 80 });
  });

  test('is never too flat to be pressed, nor beyond the room', () => {
    expect(boxOf({ width: 60_000, height: 1 }, room)).toEqual({ width: 400, height: 48 });
    expect(boxOf({ width: 1, height: 60_000 }, room)).toEqual({ width: 48, height: 300 });
  });

  test('is there where nobody told how large it is', () =>
    expect(boxOf({}, room)).toEqual({ width: 320, height: 240 }));
});

test('a waveform has as many levels as there is room for', () => {
  expect(waveLevels('0z', 4)).toEqual([0, 0, 1, 1]);
  expect(waveLevels(undefined, 3)).toEqual([0, 0, 0]);
});

describe('pictures that were sent together', () => {
  const dayOf = (at: number) => ({ start: at - (at % 86_400_000), end: at - (at % 86_400_000) + 86_400_000 });
  const rowsOf = (entries: readonly ReturnType<typeof entry>[], firstUnread?: string) =>
    buildRows({ entries, pending: [], self: 'alice', dayOf, firstUnread }).filter(({ kind }) => kind !== 'day');
  const grouped = (seq: number, data: object = {}, changes: object = {}) =>
    fileEntry(seq, { group: 'g', ...data }, changes);

  test('are one row, that holds each of them', () => {
    const rows = rowsOf([grouped(1), grouped(2), grouped(3)]);
    expect(rows).toMatchObject([{ kind: 'album', entries: [{ seq: 1 }, { seq: 2 }, { seq: 3 }], first: true }]);
    expect(keyOfEntry(rows, grouped(3).id)).toBe(grouped(1).id);
  });

  const apart: readonly (readonly [string, ReturnType<typeof entry>])[] = [
    ['one of another group', grouped(2, { group: 'h' })],
    ['one that was sent alone', fileEntry(2)],
    ['one of somebody else', grouped(2, {}, { from: 'carol' })],
    ['what is no picture', grouped(2, { mime: 'application/pdf' })],
    ['one that was taken back', grouped(2, {}, { deleted: true, data: {} })],
    ['one that answers something', grouped(2, {}, { reply: { id: 'x' } })],
    ['a text', entry(2, { data: { group: 'g' } })],
  ];
  test.each(apart)('do not take in %s', (_, other) => {
    expect(rowsOf([grouped(1), other]).map(({ kind }) => kind)).toEqual(['message', 'message']);
  });

  test('are parted where the unread ones begin, and where there are too many for a row', () => {
    expect(rowsOf([grouped(1), grouped(2)], grouped(2).id).map(({ kind }) => kind)).toEqual([
      'message',
      'unread',
      'message',
    ]);
    const many = Array.from({ length: 14 }, (_, i) => grouped(i + 1));
    expect(rowsOf(many).map((row) => ('entries' in row ? row.entries.length : 1))).toEqual([12, 2]);
  });
});

describe('a transfer', () => {
  const down = transferOf('d', { done: 25 });
  const up = transferOf('u', { direction: 'up', user: 'bob' });
  const transfers = { d: down, u: up, p: transferOf('p', { direction: 'up', state: 'paused' }) };

  test('is found by its bytes, and by its way', () => {
    expect(downOf({ transfers }, SHA)).toBe(down);
    expect(upsOf({ transfers }, SHA)).toEqual([up]);
    expect(downOf({ transfers }, 'cd'.repeat(32))).toBeUndefined();
  });

  test('says how much has come, and how long it takes where that can be known', () => {
    expect(partDone(down)).toBe(0.25);
    expect(partDone({ done: 0, size: 0 })).toBe(1);
    expect(secondsLeft({ ...down, speed: 10 })).toBe(8);
    expect(secondsLeft(down)).toBeUndefined();
    expect(secondsLeft({ ...down, size: 2 ** 40, speed: 1 })).toBeUndefined();
  });

  test('does not matter where the file is here', () => {
    expect(fileState(true, down)).toBe('here');
    expect(fileState(false, down)).toBe('running');
    expect(fileState(false, undefined)).toBe('absent');
  });
});
