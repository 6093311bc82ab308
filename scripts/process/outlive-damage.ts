import { isParleyError } from '../../protocol/errors.js';

/**
 * Damage can be met in any turn of the event loop, also in one that nobody waits for. That turn is lost, and the process is
 * not: the peer in question has been told and is about to be replaced, with all that the turn was about. Any other error
 * that nobody caught ends the process, as ever.
 */
export function outliveDamage(own: NodeJS.Process): void {
  own.on('uncaughtException', (error) => {
    if (isParleyError(error) && error.code === 'storage_damaged') return;
    own.stderr.write(`${error.stack ?? String(error)}\n`);
    own.exit(1);
  });
}

/**
 * Nobody may read what a daemon prints (`parley peer | head -1`, a terminal that was closed), which is no reason to stop it.
 * Without a listener the first such write would end the process.
 */
export function outliveClosedOutput(own: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  for (const stream of [own.stdout, own.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    });
  }
}
