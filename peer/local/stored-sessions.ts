/** The sessions of one user, kept in their secrets. */
import type { Clock, Log } from '../services.js';
import type { Document } from '../settings/document.js';
import type { Secrets } from '../settings/secrets.js';
import { LocalSessions } from './sessions.js';

export function storedSessions(secrets: Document<Secrets>, clock: Clock, log: Log): LocalSessions {
  return new LocalSessions({
    storage: {
      load: () => secrets.data.uiSessions,
      save: async (list) => {
        secrets.update((data) => {
          data.uiSessions = [...list];
        });
        // On a full disk one is signed in all the same, until this process ends.
        await secrets.flush().catch((err: unknown) => log.warn({ err }, 'the session could not be saved'));
      },
    },
    clock,
  });
}
