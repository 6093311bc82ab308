import { useSelector } from '../app/use-app.js';
import { useLasting } from './hooks.js';

/** A short cut is not worth a change that flashes up, ms. */
export const DAEMON_GRACE_MS = 400;

/** Whether the daemon is gone for now: what it told last of the tracker, of others and of oneself may be true no more. */
export function useDaemonAway(): boolean {
  return useLasting(
    useSelector((state) => state.connection.phase !== 'live'),
    DAEMON_GRACE_MS,
  );
}
