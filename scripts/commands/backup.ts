/** `parley backup`: all of a peer but its key, sealed by a passphrase. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import type { ProfileFlags } from '../process/profile-choice.js';
import { calledAs } from '../process/called-as.js';
import { withProfile } from './profile-options.js';

interface BackupFlags extends ProfileFlags {
  file?: string;
  'password-stdin': boolean;
}

const PASSPHRASE_MIN = 8;

const command: CommandModule<object, BackupFlags> = {
  command: 'backup <file>',
  describe: 'Write all your messages and files into one file, sealed by a passphrase, to move to a new machine',
  builder: (yargs) =>
    withProfile(yargs)
      .positional('file', { type: 'string', describe: 'Where to write it; nothing is overwritten' })
      .option('password-stdin', {
        type: 'boolean',
        default: false,
        describe: 'Read the passphrase from the first line of stdin',
      }),
  handler: run,
};

export default command;

async function run({ file = '', 'password-stdin': stdin, ...flags }: BackupFlags): Promise<void> {
  const [{ profileOf }, { readPassword }, { writeBackup }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../process/password.js'),
    import('../../peer/backup/write.js'),
  ]);
  const output = resolve(file);
  if (existsSync(output)) throw new ParleyError('bad_request', `${output} is there already. Choose another place.`);
  const { username, dataDir } = await profileOf(flags);
  const ask = { given: process.env['PARLEY_PASSPHRASE'], stdin, ask: true };
  const passphrase = await readPassword({
    ...ask,
    prompt: 'Passphrase for the backup (it cannot be reset): ',
    // A slip would be found when the backup is needed.
    again: 'The same once more: ',
  });
  if (passphrase === undefined || passphrase.length < PASSPHRASE_MIN) {
    const text = `The passphrase needs at least ${PASSPHRASE_MIN} characters. Type it, or write it to stdin with --password-stdin.`;
    throw new ParleyError('bad_password', text);
  }
  await writeBackup({ dataDir, username, output, passphrase, now: Date.now() });
  process.stdout.write(`${output}\nOn the new machine: ${calledAs()} restore FILE, then ${calledAs()} peer.\n`);
}
