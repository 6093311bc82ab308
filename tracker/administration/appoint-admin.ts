import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseUsername, userKey, type Username } from '../../protocol/ids.js';
import { systemClock } from '../clock.js';
import { isFile } from '../data-dir.js';
import { StartError } from '../start-error.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { AuditLog } from './audit.js';

/**
 * Makes an account of this data directory an admin: whoever can write there may. A tracker may run on it meanwhile.
 * Errors: StartError, whose message is for people.
 */
export async function appointAdmin(dataDir: string, name: string): Promise<Username> {
  const username = parseUsername(name);
  if (!username) throw new StartError('Say whom to make an admin: parley tracker admin NAME.');
  const file = join(dataDir, 'tracker.db');
  if (!isFile(file)) {
    throw new StartError(`${dataDir} holds no data of a tracker of its own. Start it once, or name its --data-dir.`);
  }
  const store = openSqliteStore(file, systemClock);
  try {
    const account = await store.accounts.find(userKey(username));
    const isPending = account?.state === 'pending';
    if (!account || account.guest !== undefined || (account.state !== undefined && !isPending)) {
      throw new StartError(
        `Nobody who can sign in is called ${username} here. Register the account first, or check the name.`,
      );
    }
    // Where nobody runs the tracker yet, nobody could approve it either.
    const audit = new AuditLog({ records: store.records, clock: systemClock, randomBytes });
    const actions = [...(isPending ? ['approve'] : []), 'make_admin'];
    const entries = actions.map((action) => audit.entry(undefined, action, account.username));
    await store.accounts.change(account.key, { admin: true, state: 'used' }, systemClock.now(), entries);
    return account.username;
  } finally {
    await store.close();
  }
}
