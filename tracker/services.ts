import type { Accounts } from './accounts.js';
import type { Authority } from './authority.js';
import type { Channels } from './channels.js';
import type { Devices } from './devices.js';
import type { Directory } from './directory.js';
import type { Events } from './events.js';
import type { Log } from './log.js';
import type { Mailboxes } from './mailbox.js';
import type { Metrics } from './metrics.js';
import type { Sessions } from './sessions.js';
import type { Settings } from './settings.js';
import type { Timings } from './timings.js';
import type { Users } from './users.js';

/** Everything that the routes work with. Made in main.ts. */
export interface Services {
  accounts: Accounts;
  authority: Authority;
  channels: Channels;
  devices: Devices;
  directory: Directory;
  events: Events;
  log: Log;
  mailboxes: Mailboxes;
  metrics: Metrics;
  sessions: Sessions;
  settings: Settings;
  timings: Timings;
  users: Users;
  /** PEM; absent: plain HTTP. */
  tls?: { cert: string; key: string } | undefined;
}
