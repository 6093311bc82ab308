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
