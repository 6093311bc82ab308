import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, Username } from '../../protocol/ids.js';
import { ORIGINS_STEP, type Origins } from './origins.js';
import { general, TestStore, Writers } from './test-store.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const dev = '#dev' as ConversationId;
const now = 0;

let history: TestStore;
let writers: Writers;
beforeEach(() => {
  history = new TestStore();
  writers = new Writers();
});
afterEach(() => history.close());

const origins = (): Origins => history.store.files.origins.of('alice' as Username);
function file(from: string, conversation = general, sha256 = A, device = ''): Entry {
  const data = { name: 'a.bin', size: 10, mime: 'text/plain', sha256, chunks: B };
  const entry = writers.say(from, '', { kind: 'file', data, conversation, device });
  history.write(entry);
  return entry;
}
/** Which of the first chunks may be given away there. */
const given = (sha256: string, conversation: ConversationId): number[] | undefined => {
  const came = origins().came(sha256, conversation);
  return came && [0, 1, 2, 8].filter(came);
};

test('bytes are known to have come through those conversations that they came through, after a restart too', () => {
  file('bob');
  file('bob', dev);
  const through = new Map([
    [general, undefined],
    [dev, Uint8Array.of(0b101, 1)],
  ]);
  origins().keep(A, through);
  history.reopen();
  expect([given(A, general), given(A, dev), given(B, general)]).toEqual([[0, 1, 2, 8], [0, 2, 8], undefined]);
  expect(given(A, '#nowhere' as ConversationId)).toBeUndefined();
});

test('what was known ends with the bytes, and with other bytes of that hash', () => {
  origins().keep(A, new Map([[general, undefined]]));
  origins().keep(A, new Map([[dev, undefined]]));
  expect([given(A, general), given(A, dev)]).toEqual([undefined, [0, 1, 2, 8]]);
  history.store.files.blobs.remove(A);
  expect(given(A, dev)).toBeUndefined();
  // Of what never came to count.
  origins().keep(A, new Map([[dev, undefined]]));
  history.store.files.blobs.reconcile([], 'alice' as Username, now);
  expect(given(A, dev)).toBeUndefined();
});

test('what the user has shown is the own there, from any device, until it is taken back', () => {
  const [entry, foreign] = [file('Alice', general, A, 'phone'), file('bob', dev)];
  const isOwn = (): boolean[] => [general, dev].map((conversation) => origins().isOwn(A, conversation));
  expect(isOwn()).toEqual([true, false]);
  expect([entry, foreign, writers.say('bob', '')].map(({ id }) => origins().isShown(id))).toEqual([true, true, false]);
  history.write(writers.remove('Alice', entry));
  expect([isOwn(), origins().isShown(entry.id)]).toEqual([[false, false], false]);
});

test('of what an earlier version fetched it is known where one conversation alone ever showed it', () => {
  const { blobs } = history.store.files;
  for (const sha256 of [A, B, 'c'.repeat(64)]) blobs.add({ sha256, size: 10, chunks: B }, sha256.startsWith('c'), now);
  const both = file('bob', general, A);
  file('carol', dev, A);
  file('bob', general, B);
  file('bob', general, 'c'.repeat(64));
  history.write(writers.remove('bob', both));
  history.reopen(() => {
    const db = new DatabaseSync(join(history.directory, 'history.db'));
    db.exec(`DROP TABLE blob_origins; ${ORIGINS_STEP}`);
    db.close();
  });
  expect([given(A, general), given(A, dev), given('c'.repeat(64), general)]).toEqual([undefined, undefined, undefined]);
  expect(given(B, general)).toEqual([0, 1, 2, 8]);
});
