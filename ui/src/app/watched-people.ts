/**
 * Whose presence is on the screen. At a tracker with very many the daemon is not told of everybody; it asks to be told of those whom a window
 * shows, and their presence follows as that of others.
 */
import { useEffect } from 'preact/hooks';
import { useApp, useSelector } from './use-app.js';

/** As many as one command takes; longer lists are not drawn. */
const WATCHED_MAX = 200;

/** These are shown from now on, in whatever order. */
export function useWatchedPeople(usernames: readonly string[]): void {
  const app = useApp();
  // What was told while the connection was away is told again when it is back.
  const live = useSelector((state) => state.connection.phase === 'live');
  const names = [...new Set(usernames)].sort().slice(0, WATCHED_MAX).join(' ');
  useEffect(() => {
    if (!live || names === '') return;
    // Without it the list stands as it is, and is asked for again when it changes.
    app.commands.run('people.watch', { usernames: names.split(' ') }).catch(() => undefined);
  }, [app, live, names]);
}
