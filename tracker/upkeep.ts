/** What a tracker does from time to time. */
import type { Log } from './log.js';

/** In this order, one after another. */
export async function prune(...all: readonly { prune(): Promise<unknown> }[]): Promise<void> {
  for (const each of all) await each.prune();
}

/** Until the answer is called. What fails is logged, and done again the next time. */
export function repeat(everyMs: number, work: () => Promise<unknown>, log: Log): () => void {
  const timer = setInterval(() => {
    work().catch((error: unknown) => log.error({ err: error }, 'repeated work failed'));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
