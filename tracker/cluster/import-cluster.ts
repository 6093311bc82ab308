/**
 * An import into a cluster, of which all its trackers know: until it has ended the others wait, so that nobody uses a half of it; and one
 * that was cut short is gone on with.
 */
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { StartError } from '../start-error.js';
import type { Archive, TrackerStore } from '../store/tracker-store.js';

type Parts = Pick<TrackerStore, 'accounts' | 'archive' | 'records'>;

/** The record that is there meanwhile. */
const [KIND, ID] = ['import', 'under-way'] as const;
const LOOK_MS = 1_000;
const SAY_EVERY = 10;

/** @returns what puts all of it in; `authority` has to be there first. Errors: StartError, unavailable. */
export async function beginImport(store: Parts): Promise<(from: Archive) => Promise<void>> {
  const again = (await store.records.find(KIND, ID)) !== undefined;
  if (!again && (await store.accounts.count()) > 0) {
    throw new StartError('There are accounts in this cluster already. Leave --import out, or begin a new cluster.');
  }
  await store.records.update(KIND, ID, (known) => known ?? true);
  return async (from) => {
    await store.archive.restore(from.records(), { again });
    await store.records.remove(KIND, ID);
  };
}

export interface WaitParts {
  readonly store: Parts;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** Returns when no import is under way. Errors: StartError, unavailable. */
export async function importEnded({ store, clock, log, signal }: WaitParts): Promise<void> {
  const next = 'if it was cut short, start the tracker that was started with --import in the same way again';
  for (let looks = 0; (await store.records.find(KIND, ID)) !== undefined; looks += 1) {
    if (signal?.aborted === true)
      throw new StartError(`Stopped while an import into the cluster was under way: ${next}.`);
    if (looks % SAY_EVERY === 0) log.warn({}, `waiting until the import into this cluster has ended; ${next}`);
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
  }
}
