/**
 * A program of the same user, in the same home: runs one command of the peer there, as soon as that is with its tracker, and prints the answer.
 * Arguments: the data directory, the user, the command, its arguments as JSON.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandArguments, CommandName } from '../../../protocol/local-api.js';
import { isParleyError } from '../../../protocol/errors.js';
import { RunningPeer } from '../../process/running-peer.js';

const [dataDir = '', username = '', command = '', args = '{}'] = process.argv.slice(2);
const AGAIN_MS = 100;

const peer = await RunningPeer.find({ 'data-dir': dataDir, username });
for (;;) {
  try {
    // The lab asks what it knows to be right.
    const answer = await peer.run(command as CommandName, JSON.parse(args) as CommandArguments<CommandName>);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    break;
  } catch (error) {
    if (!isParleyError(error) || !['tracker_unreachable', 'not_signed_in', 'unavailable'].includes(error.code))
      throw error;
    await pause(AGAIN_MS);
  }
}
await peer.close();
process.exit();
