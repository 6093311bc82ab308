/** Which entries of a burst are signed. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { DATA_MAX, MESSAGE_MAX, UNSIGNED_BYTES_MAX, UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { runCost } from '../../protocol/signed-runs.js';
import { chainPosts, type Post } from './chain.js';

const AUTHOR = { username: 'alice' as Username, device: 'a'.repeat(22) as DeviceId, sign: () => 'signature' };
const NOW = Date.UTC(2026, 10, 20);

function burst(posts: readonly Post[]): Entry[] {
  return chainPosts('#general' as ConversationId, posts, AUTHOR, undefined, undefined, NOW);
}

/** Each ends in a signed entry. */
function pieces(entries: readonly Entry[]): Entry[][] {
  const found: Entry[][] = [];
  let from = 0;
  for (const [i, { sig }] of entries.entries()) if (sig !== undefined) found.push(entries.slice(from, (from = i + 1)));
  expect(from).toBe(entries.length);
  return found;
}

const bytes = (entries: readonly Entry[]): number => entries.reduce((sum, entry) => sum + runCost(entry), 0);

const text = (length: number): Post => ({ kind: 'text', message: '.'.repeat(length), data: {} });
const withData = (length: number): Post => ({ kind: 'x', message: '', data: { d: '.'.repeat(length) } });
const post = fc.oneof(fc.nat(200).map(text), fc.nat(MESSAGE_MAX).map(text), fc.nat(DATA_MAX - 100).map(withData));
/** Runs of alike posts: small ones reach the bound of number, large ones that of bytes. */
const posts = fc
  .array(fc.tuple(post, fc.integer({ min: 1, max: 300 })), { maxLength: 3 })
  .map((runs) => runs.flatMap(([one, count]) => Array.from({ length: count }, () => one)));

test('of a burst the last entry is signed, and no piece is beyond either bound', () => {
  fc.assert(
    fc.property(posts, (burstOf) => {
      for (const piece of pieces(burst(burstOf))) {
        expect(piece.length).toBeLessThanOrEqual(UNSIGNED_RUN_MAX);
        expect(bytes(piece)).toBeLessThanOrEqual(UNSIGNED_BYTES_MAX);
      }
    }),
    { numRuns: 30 },
  );
});

test('nothing is signed that need not be', () => {
  fc.assert(
    fc.property(posts, (burstOf) => {
      const found = pieces(burst(burstOf));
      for (const [i, piece] of found.slice(0, -1).entries()) {
        const longer = [...piece, ...(found[i + 1] ?? []).slice(0, 1)];
        expect(longer.length > UNSIGNED_RUN_MAX || bytes(longer) > UNSIGNED_BYTES_MAX).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});
