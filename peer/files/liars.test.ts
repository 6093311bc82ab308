import { expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import { fileFacts, type FileFacts } from '../../protocol/file-facts.js';
import { FILE_CHUNK } from '../../protocol/files.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import { saidBy, saidOtherwise } from './coming.js';
import { Download } from './download.js';

const [LIAR, ENTRY] = ['l' as DeviceId, 'e' as EntryId];
const ignore = (): void => undefined;

test('who lied twice is left alone for the transfer, also when it goes and comes again', () => {
  const asked: (number | 'manifest')[] = [];
  const download = new Download(
    {
      ...{ connect: ignore, close: ignore, lied: ignore, complete: ignore, cancelChunk: () => false },
      requestManifest: () => void asked.push('manifest'),
      requestChunk: (_device, _entry, chunk) => void asked.push(chunk),
    },
    () => 0.5,
  );
  download.add({ sha256: 'f', size: 8 * FILE_CHUNK }, { hasManifest: true, has: () => false }, 0);
  let now = 0;
  const lies: (number | 'manifest')[] = [];
  for (let life = 0; life < 5; life++, now += 3_600_000) {
    asked.length = 0;
    download.offer('f', LIAR, [ENTRY], now);
    download.linkUp(LIAR, now);
    download.have('f', LIAR, ENTRY, () => true, now);
    if (asked.shift() === 'manifest') download.taken(download.arrived(LIAR, now), 'ok', now);
    const [chunk] = asked;
    if (chunk !== undefined) {
      lies.push(chunk);
      download.taken(download.arrived(LIAR, now), 'wrong', now);
    }
    download.gone(LIAR, now);
  }
  expect(lies.length).toBe(2);
});

test('what nobody has as one entry says is looked for as each other entry says, but not as one that was found to be wrong', () => {
  const entry = (id: string, size: number): Entry => {
    const data = { name: 'a', mime: 'a/b', sha256: 'a'.repeat(64), chunks: 'b'.repeat(64), size };
    return { id, kind: 'file', data } as unknown as Entry;
  };
  const shown = [entry('1', 1), entry('2', 1), entry('3', 3), entry('4', 4)];
  const item = (at: number, ...wrong: number[]): Parameters<typeof saidOtherwise>[1] => {
    const facts = (n: number): FileFacts => {
      const said = fileFacts(shown[n] ?? entry('', 0));
      if (!said) throw new Error('bug: an entry that says nothing');
      return said;
    };
    return { entry: shown[at] ?? entry('', 0), facts: facts(at), wrong: new Set(wrong.map((n) => saidBy(facts(n)))) };
  };
  expect(saidOtherwise(shown, item(0))?.entry.id).toBe('3');
  expect(saidOtherwise(shown, item(2))?.entry.id).toBe('4');
  expect(saidOtherwise(shown, item(3))?.entry.id).toBe('1');
  expect(saidOtherwise(shown, item(3, 0))?.entry.id).toBe('3');
  expect(saidOtherwise(shown, item(3, 0, 2))).toBeUndefined();
  expect(saidOtherwise(shown.slice(0, 2), item(0))).toBeUndefined();
});
