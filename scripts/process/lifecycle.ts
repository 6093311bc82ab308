/** What ends a daemon's process, and what does not. */
import { setMaxListeners } from 'node:events';
import { isParleyError } from '../../protocol/errors.js';

let isStopping = false;

/** Resolves at the first signal that asks the process to stop; the second one ends it at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}

/** The same for what takes a signal: aborted once the process is to stop. */
export function abortAt(stopped: Promise<void>): AbortSignal {
  const stopping = new AbortController();
  // All that is under way at a start may listen.
  setMaxListeners(0, stopping.signal);
  void stopped.then(() => stopping.abort());
  return stopping.signal;
}

/**
 * What a start comes to; undefined as soon as the process is to stop. What is under way is then left, and ends with the process: for starts
 * that have nothing to give back, but wait for another server, or for somebody who types.
 */
export function unlessStopped<T>(starting: Promise<T>, stopped: Promise<void>): Promise<T | undefined> {
  return Promise.race([starting, stopped.then(() => undefined)]);
}

/**
 * Ends the process, if it was asked to stop and the command has returned: all is closed then. What a look-up of a name, a connection on its
 * way or an open stdin would still hold up for seconds is wanted by nobody.
 */
export function endIfStopped(own: Pick<NodeJS.Process, 'stdout' | 'exit'>): void {
  if (isStopping) own.stdout.write('', () => own.exit());
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
