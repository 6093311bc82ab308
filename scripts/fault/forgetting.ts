/**
 * `node forgetting.js DIRECTORY SELF NOW HELD`: a history and its files forget all that is a week old, as in a daemon but without its pauses, and
 * give the room back; until all is done, or somebody kills it. A line on stdout for each step of it.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { BlobStore } from '../../peer/files/blob-store.js';
import { dropUnneeded, tidy } from '../../peer/files/tidy.js';
import { Retention } from '../../peer/core/retention.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { Store } from '../../peer/store/store.js';

const [directory = '', self = '', now = '', held = ''] = process.argv.slice(2);
const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const say = (line: string): void => void writeSync(1, `${line}\n`);
/** Nothing else goes on here, so pauses are short. Milliseconds. */
const PAUSE_MS = 1;
const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, Math.min(ms, PAUSE_MS)),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};
const failed = (error: unknown): never => {
  say(`failed ${String(error)}`);
  process.exit(1);
};

const store = new Store({ directory, now: Number(now), timers, failed, damaged: failed });
const blobs = await BlobStore.open(join(directory, 'blobs'), { log });
await tidy(blobs, store.files, { self: 'alice' as Username, now: Number(now), log });
const drops: Promise<unknown>[] = [];
let looks = 0;
const retention = new Retention({
  device: self as DeviceId,
  pruning: store.pruning,
  timers,
  conversations() {
    // A second look: the first has found all.
    if (++looks > 1) void giveBack().catch(failed);
    return store.conversations.all();
  },
  days: () => 7,
  heldByAll: () => Number(held),
  now: () => Number(now),
  latest: () => Number(now),
  stepped(files) {
    store.committed();
    say(`step ${files.length}`);
    if (files.length > 0) drops.push(dropUnneeded(blobs, store.files, files).catch(failed));
  },
  forgot: nothing,
  failed,
});
retention.start();

async function giveBack(): Promise<void> {
  if (looks > 2) return;
  retention.close();
  await Promise.all(drops);
  say('forgot');
  while (store.indexSlice()) {
    say('gave back');
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  say('done');
  process.exit(0);
}
