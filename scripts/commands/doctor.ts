/** `parley doctor`: looks for what keeps this user's peer from others. By the daemon, or by itself where none runs. */
import type { CommandModule } from 'yargs';
import type { DoctorReport } from '../../protocol/doctor.js';
import type { ProfileFlags } from '../process/profile-choice.js';
import { withProfile } from './profile-options.js';

interface Flags extends ProfileFlags {
  readonly user?: string | undefined;
  readonly json: boolean;
}

const command: CommandModule<object, Flags> = {
  command: 'doctor',
  describe: 'Check the connection: what keeps you from others, and what to do about it',
  builder: (yargs) =>
    withProfile(yargs)
      .option('user', { type: 'string', describe: 'Somebody whom you cannot reach' })
      .option('tracker', { type: 'string', array: true, describe: 'The tracker to look at, where no peer runs' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the whole report as one line of JSON' }),
  handler: run,
};

export default command;

/** Sets the exit code: 0 where nothing is wrong, 1 where something is. */
async function run(flags: Flags): Promise<void> {
  const report = await reportOf(flags);
  process.stdout.write(`${flags.json ? JSON.stringify(report) : shown(report)}\n`);
  if (report.faults.length > 0) process.exitCode = 1;
}

async function reportOf({ user, json: _json, ...flags }: Flags): Promise<DoctorReport> {
  const [{ profileOf, RunningPeer }, { isParleyError }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../../protocol/errors.js'),
  ]);
  const profile = await profileOf(flags);
  try {
    const peer = await RunningPeer.find(flags);
    try {
      return await peer.run('doctor.run', user === undefined ? {} : { user });
    } finally {
      await peer.close();
    }
  } catch (error) {
    // It does not run, or hangs, or is of a version without a doctor.
    if (!isParleyError(error) || !['unavailable', 'unknown_command', 'not_signed_in'].includes(error.code)) throw error;
  }
  const { diagnoseFiles } = await import('../../peer/doctor/files.js');
  return diagnoseFiles(profile);
}

/** One line a fault; else one that says that there is none. */
function shown({ checks, faults }: DoctorReport): string {
  if (faults.length > 0) return checks.flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n');
  const unsure = checks.filter(({ state }) => state === 'skipped').map(({ check }) => check);
  if (unsure.length === 0) return 'Everything works.';
  return `Nothing wrong was found. Not everything could be looked at: ${unsure.join(', ')}.`;
}
