/** `npm run load`, once all is built: virtual peers at a tracker, to see how many a machine can serve. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { parseTracker } from '../../protocol/invite.js';
import { endIfStopped, stopSignal, unlessStopped } from '../process/lifecycle.js';
import { OwnTracker } from './own-tracker.js';
import { Load, type Line } from './run.js';

const PEERS_MAX = 20_000;
const MINUTES_MAX = 24 * 60;

const flags = await yargs(process.argv.slice(2))
  .scriptName('npm run load --')
  .usage(
    'Virtual peers at a tracker: they sign in, say where they are, hear of each other, and beat. They make the calls of real peers over real sockets, but hold no history and no links.\n\n' +
      'Usage: $0 [flags]\n\n' +
      'Without --tracker one is started for it, in a folder that is removed, and killed once. A tracker that is named keeps the accounts that are made\n' +
      '(load-…): name none that people use.',
  )
  .option('peers', { type: 'number', default: 500, describe: 'How many come' })
  .option('channels', { type: 'number', default: 20, describe: 'Each is in one of so many, besides #general' })
  .option('within', { type: 'number', default: 10, describe: 'All come within so many seconds' })
  .option('minutes', { type: 'number', default: 1, describe: 'How long they stay' })
  .option('processes', { type: 'number', default: 2, describe: 'They are in so many processes of this machine' })
  .option('patience', { type: 'number', default: 180, describe: 'Seconds until all have to be there' })
  .option('whole', {
    ...{ type: 'boolean', default: false },
    describe: 'All are told of all, as peers of earlier versions: it costs the square of how many they are',
  })
  .option('tracker', { type: 'string', requiresArg: true, describe: 'Its address, as http://10.0.0.5:8001' })
  .option('invite', {
    type: 'string',
    requiresArg: true,
    describe: 'The code of an invite that makes enough accounts: one for 20 peers, and one more',
  })
  .option('out', { type: 'string', requiresArg: true, describe: 'Write the figures as JSON to this file' })
  .check(({ peers, channels, within, minutes, processes, patience, tracker }) => {
    whole('peers', peers, 1, PEERS_MAX);
    whole('channels', channels, 0, 1_000);
    whole('within', within, 0, 3_600);
    whole('processes', processes, 1, 64);
    whole('patience', patience, 1, 3_600);
    if (!(minutes >= 0 && minutes <= MINUTES_MAX)) throw new Error(`--minutes is a number from 0 to ${MINUTES_MAX}.`);
    if (tracker !== undefined && parseTracker(tracker) === undefined)
      throw new Error('--tracker is the address of a tracker, as http://10.0.0.5:8001.');
    return true;
  })
  .strictOptions()
  .version(false)
  .parseAsync();

function whole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`--${name} is a whole number from ${min} to ${max}.`);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const stopped = stopSignal();
const folder = await mkdtemp(join(tmpdir(), 'parley-load-'));
const starting = flags.tracker === undefined ? OwnTracker.start(join(folder, 'tracker')) : undefined;
let load: Load | undefined;

async function measure(): Promise<readonly Line[]> {
  const own = await starting;
  const { peers, channels, processes, minutes, within, patience, invite, whole: isWhole } = flags;
  const tracker = own?.url ?? parseTracker(flags.tracker ?? '') ?? '';
  const counts = { peers, channels, processes, minutes, within, patience };
  load = new Load({ ...{ tracker, own, invite, whole: isWhole, ...counts }, say });
  return load.run();
}

try {
  const lines = await unlessStopped(measure(), stopped);
  if (!lines) throw new Error('Stopped before all was measured.');
  const width = Math.max(...lines.map(({ what }) => what.length));
  for (const { what, value, unit } of lines)
    process.stdout.write(
      `${what.padEnd(width)}  ${Number.isNaN(value) ? '–' : value.toFixed(value < 100 ? 1 : 0)} ${unit}\n`,
    );
  if (flags.out !== undefined)
    await writeFile(flags.out, `${JSON.stringify({ peers: flags.peers, lines }, undefined, 2)}\n`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  load?.kill();
  const own = await starting?.catch(() => undefined);
  await own?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
endIfStopped(process);
