/** Whether the system gives this process any more files and connections. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

interface Log {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
}

interface Parts {
  /** Takes one more, and gives it back. Errors: EMFILE, ENFILE. */
  readonly take: () => void;
  readonly everyMs: number;
}

const EVERY_MS = 5_000;
/** Of this process, and of the whole system. */
const IS_FULL: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/**
 * Says so once when there are none left, and once when there are some again. It has to be looked at: whoever connects meanwhile is turned away
 * below this program, which hears nothing of it, and goes on. @returns what ends it; it holds up no end of the process
 */
export function watchDescriptors(log: Log, { take = takeOne, everyMs = EVERY_MS }: Partial<Parts> = {}): () => void {
  let isFull = false;
  const look = (): void => {
    const was = isFull;
    isFull = !isThereOne(take);
    if (isFull === was) return;
    if (!isFull) return log.info({}, 'there is room for files and connections again');
    const next = 'End other programs, or start it with a higher limit (ulimit -n; LimitNOFILE= of a service).';
    log.warn({}, `the system gives this program no more files and connections: nobody else can connect. ${next}`);
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function isThereOne(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    // Anything else says nothing about it.
    return !IS_FULL.has((error as NodeJS.ErrnoException).code);
  }
}

/** In this turn, not in a thread: that could take the one that Node keeps to turn connections away with, and Node would be busy with those for good. */
function takeOne(): void {
  closeSync(openSync(devNull, 'r'));
}
