/** A stream of rows, oldest first, of any number: read page by page, as fast as its reader takes them. */
import { ParleyError } from '../../../protocol/errors.js';
import { HISTORY_PAGE_MAX } from '../../../protocol/limits.js';
import type { CommandResults, EntryView } from '../../../protocol/local-api.js';
import { runCommand } from '../../commands/run.js';
import type { Caller } from './callers.js';
import type { HistoryRequest } from './generated/parley_pb.js';

type Page = CommandResults['history.page'];
type Read = (place: { before?: string; after?: string; around?: string }, limit: number) => Promise<Page>;

const DEFAULT_LIMIT = 50;

/** @throws (rejects with) ParleyError as `history.page` */
export async function* historyOf(
  { services, signal, admit }: Caller,
  request: HistoryRequest,
): AsyncIterable<EntryView> {
  const { conversation, before, after, around, limit = DEFAULT_LIMIT } = request;
  if (limit < 1) throw new ParleyError('bad_request', 'limit must be 1 or more. Leave it out for 50.');
  const read: Read = async (place, count) => {
    signal.throwIfAborted();
    return admit(() => runCommand(services, 'history.page', { conversation, ...place, limit: count }));
  };
  const given = {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(around === undefined ? {} : { around }),
  };
  if (limit <= HISTORY_PAGE_MAX) return yield* (await read(given, limit)).entries;
  if (around !== undefined) throw new ParleyError('bad_request', `With around, limit is at most ${HISTORY_PAGE_MAX}.`);
  const [first, left] = after === undefined ? await firstPage(read, given, limit) : await nextPage(read, after, limit);
  yield* onwards(read, first, left);
}

/**
 * The oldest page of the newest `limit`. Only how many there are is kept of those behind it: they are read again, one page at a time, so
 * that a long history costs no memory.
 */
async function firstPage(read: Read, given: { before?: string }, limit: number): Promise<readonly [Page, number]> {
  let page = await read(given, HISTORY_PAGE_MAX);
  let count = page.entries.length;
  for (;;) {
    const [oldest] = page.entries;
    if (!oldest || !page.more || count >= limit) return [page, count];
    const older = await read({ before: oldest.id }, Math.min(HISTORY_PAGE_MAX, limit - count));
    if (older.entries.length === 0) return [page, count];
    page = older;
    count += page.entries.length;
  }
}

async function nextPage(read: Read, after: string, limit: number): Promise<readonly [Page, number]> {
  return [await read({ after }, HISTORY_PAGE_MAX), limit];
}

async function* onwards(read: Read, first: Page, count: number): AsyncIterable<EntryView> {
  let page = first;
  let left = count;
  for (;;) {
    yield* page.entries.slice(0, left);
    left -= page.entries.length;
    const newest = page.entries.at(-1);
    if (!newest || left <= 0 || !page.newer) return;
    page = await read({ after: newest.id }, Math.min(HISTORY_PAGE_MAX, left));
  }
}
