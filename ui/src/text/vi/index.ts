/** Every text that a person sees, in Vietnamese: an area of the UI a file. */
import { account } from './account.js';
import { base } from './base.js';
import { channels } from './channels.js';
import { commands } from './commands.js';
import { composer } from './composer.js';
import { connection } from './connection.js';
import { devices } from './devices.js';
import { file } from './file.js';
import { finding } from './finding.js';
import { hooks } from './hooks.js';
import { message } from './message.js';
import { notifications } from './notifications.js';
import { people } from './people.js';
import { daemonTexts } from './daemon.js';
import { retention } from './retention.js';
import { sending } from './sending.js';
import { settings } from './settings.js';
import { start } from './start.js';
import { timeline } from './timeline.js';

export const vi = {
  ...base,
  ...message,
  ...composer,
  ...commands,
  ...timeline,
  ...file,
  ...finding,
  ...people,
  ...channels,
  ...retention,
  ...sending,
  ...settings,
  ...account,
  ...devices,
  ...connection,
  ...hooks,
  ...notifications,
  ...start,
  ...daemonTexts,
} as const;
