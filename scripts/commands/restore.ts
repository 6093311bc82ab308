/** `parley restore`: what `parley backup` wrote, as a new device of the same user. */
import { dirname, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import { calledAs } from '../process/called-as.js';

interface RestoreFlags {
  file?: string;
  'data-dir'?: string | undefined;
  'password-stdin': boolean;
}

const command: CommandModule<object, RestoreFlags> = {
  command: 'restore <file>',
  describe: 'Bring messages and files of a backup to this machine, as a new device of yours',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', describe: 'What parley backup has written' })
      .option('data-dir', {
        type: 'string',
        describe: "Where to put it; nothing may be there [default: the platform's]",
      })
      .option('password-stdin', {
        type: 'boolean',
        default: false,
        describe: 'Read the passphrase from the first line of stdin',
      }),
  handler: run,
};

export default command;

async function run({ file = '', 'data-dir': given, 'password-stdin': stdin }: RestoreFlags): Promise<void> {
  const [{ defaultDataDir, prepareDataDir }, { readPassword }, { restoreBackup }] = await Promise.all([
    import('../process/data-dir.js'),
    import('../process/password.js'),
    import('../../peer/backup/restore.js'),
  ]);
  const ask = { given: process.env['PARLEY_PASSPHRASE'], stdin, ask: true };
  const passphrase = await readPassword({ ...ask, prompt: 'Passphrase of the backup: ' });
  if (passphrase === undefined) {
    throw new ParleyError('bad_password', 'The passphrase of the backup is needed. Type it, or use --password-stdin.');
  }
  const dataDirOf = async (name: string) => {
    const dataDir = resolve(given ?? (await defaultDataDir('peers', name.toLowerCase())));
    // It is written beside its place first.
    await prepareDataDir(dirname(dataDir));
    return dataDir;
  };
  const { username, dataDir } = await restoreBackup({ input: resolve(file), passphrase, dataDirOf });
  process.stdout.write(
    `The messages of ${username} are in ${dataDir}. Start ${calledAs()} peer${given === undefined ? '' : ` --data-dir ${given}`} and sign in: this is ` +
      'a new device of yours. If the old machine is not used any more, revoke it in the settings, under Devices.\n',
  );
}
