/** Every command of a client by its name. */
import type { Registration } from '../registration.js';
import type { Call } from '../call.js';
import { channelCommands } from './channels.js';
import type { Command } from './command.js';
import { historyCommands } from './history.js';
import { messageCommands } from './messages.js';
import { monitorCommands } from './monitor.js';
import { multilineCommands } from './multiline.js';
import { peopleCommands } from './people.js';
import { serverCommands } from './server.js';
import { whoCommands } from './who.js';

export const commands: Readonly<Record<string, Command>> = {
  ...serverCommands,
  ...channelCommands,
  ...messageCommands,
  ...multilineCommands,
  ...historyCommands,
  ...monitorCommands,
  ...peopleCommands,
  ...whoCommands,
};

/** Those with which a connection begins. */
export function registrationCommands(registration: Registration): Readonly<Record<string, Command>> {
  return {
    CAP: { needs: 1, early: true, run: (call: Call) => registration.cap(call) },
    PASS: { needs: 1, early: true, run: (call: Call) => registration.pass(call) },
    NICK: { early: true, run: (call: Call) => registration.nickname(call) },
    USER: { needs: 4, early: true, run: (call: Call) => registration.user(call) },
    AUTHENTICATE: { needs: 1, early: true, run: (call: Call) => registration.authenticate(call) },
  };
}
