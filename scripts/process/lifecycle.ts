/** What ends a daemon's process, and what does not. */
import { isParleyError } from '../../protocol/errors.js';

/** Resolves at the first signal that asks the process to stop; the second one ends it at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}

/**
 * Keeps the process alive when a history turns out to be damaged. Any turn of the event loop can meet the damage, also one that
 * nobody awaits. That turn is lost; the peer has been told, and is replaced together with everything that the turn was about.
 * Any other uncaught error ends the process, as usual.
 */
export function surviveDamage(own: NodeJS.Process): void {
  own.on('uncaughtException', (error) => {
    if (isParleyError(error) && error.code === 'storage_damaged') return;
    own.stderr.write(`${error.stack ?? String(error)}\n`);
    own.exit(1);
  });
}

/**
 * Keeps the process alive when nobody reads its output (`parley peer | head -1`, a terminal that was closed). Without a
 * listener for the error the first such write would end it.
 */
export function surviveClosedOutput(own: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  for (const stream of [own.stdout, own.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    });
  }
}
