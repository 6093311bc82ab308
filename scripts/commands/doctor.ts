/** `parley doctor`: looks for what keeps this user's peer from others. By the daemon, or by itself where none runs. */
import type { CommandModule } from 'yargs';
import type { DoctorReport, DoctorStep } from '../../protocol/doctor.js';
import type { SessionView } from '../../protocol/local-api.js';
import type { RunningPeer as RunningPeerType } from '../process/running-peer.js';
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

/** A daemon that works answers at once what it has in memory. Milliseconds. */
const HUNG_MS = 1_500;

/** Ends the process, whatever still hangs in it: 0 where nothing is wrong, 1 where something is. */
async function run(flags: Flags): Promise<void> {
  const report = await reportOf(flags);
  const text = `${flags.json ? JSON.stringify(report) : shown(report)}\n`;
  await new Promise((resolve) => process.stdout.write(text, resolve));
  process.exit(report.faults.length > 0 ? 1 : 0);
}

/** What it is at stands on stderr meanwhile, where a person looks. */
async function reportOf({ user, json: _json, ...flags }: Flags): Promise<DoctorReport> {
  const [{ profileOf, RunningPeer }, { isParleyError }, { Progress }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../../protocol/errors.js'),
    import('../process/progress.js'),
  ]);
  const [{ diagnoseFiles }, { doctorSteps, doctorStepOf }] = await Promise.all([
    import('../../peer/doctor/files.js'),
    import('../../protocol/doctor-texts.js'),
  ]);
  const line = new Progress('Checking');
  const progress = (checks: readonly DoctorStep[]): void => {
    const step = doctorStepOf(checks);
    if (step) line.step(step.done, checks.length, doctorSteps[step.check]);
    else line.end();
  };
  const profile = await profileOf(flags);
  let peer: RunningPeerType | undefined;
  try {
    peer = await RunningPeer.find(flags);
    const hung = new Promise<'hung'>((resolve) => setTimeout(() => resolve('hung'), HUNG_MS));
    const answers = peer.run('hook.list', {});
    if ((await Promise.race([answers, hung])) === 'hung') {
      return await diagnoseFiles({ ...profile, progress, hanging: { ms: HUNG_MS, answers } });
    }
    peer.heard = (event) => {
      if (event.type === 'doctor' && event.user?.toLowerCase() === user?.toLowerCase()) progress(event.checks);
    };
    return await peer.run('doctor.run', user === undefined ? {} : { user });
  } catch (error) {
    // It does not run, or hangs, or is of a version without a doctor.
    line.end();
    if (!isParleyError(error) || !['unavailable', 'unknown_command', 'not_signed_in'].includes(error.code)) throw error;
  }
  const tracker = peer && (await trackerOf(peer));
  return diagnoseFiles({
    ...{ ...profile, progress },
    ...(tracker !== undefined && { trackers: [tracker], isRunning: true }),
  });
}

/** The tracker of a peer that runs, and at which nobody is signed in; undefined: it does not say. */
async function trackerOf(peer: RunningPeerType): Promise<string | undefined> {
  const { text } = await import('node:stream/consumers');
  const limit = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), HUNG_MS));
  const asked = peer.get('api/session').then(text, () => undefined);
  const answer = await Promise.race([asked, limit]);
  try {
    const { tracker } = JSON.parse(answer ?? '') as Partial<SessionView>;
    return tracker?.url === '' ? undefined : tracker?.url;
  } catch {
    return undefined;
  }
}

/** One line a fault; else one that says that there is none. */
function shown({ checks, faults }: DoctorReport): string {
  if (faults.length > 0) return checks.flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n');
  const unsure = checks.filter(({ state }) => state === 'skipped').map(({ check }) => check);
  if (unsure.length === 0) return 'Everything works.';
  return `Nothing wrong was found. Not everything could be looked at: ${unsure.join(', ')}.`;
}
