/** `parley token`: what other programs of the same user sign in with at the peer that runs, such as an IRC client. */
import type { CommandModule } from 'yargs';
import type { ProfileFlags } from '../process/profile-choice.js';
import { withProfile } from './profile-options.js';

const command: CommandModule<object, ProfileFlags> = {
  command: 'token',
  describe: 'Print the token by which other programs of yours sign in at your peer that runs; it ends with that peer',
  builder: (yargs) => withProfile(yargs),
  handler: run,
};

export default command;

/** The file that it is read from is for its owner alone: who cannot read that gets no token. */
async function run(flags: ProfileFlags): Promise<void> {
  const { RunningPeer } = await import('../process/running-peer.js');
  const peer = await RunningPeer.find(flags);
  process.stdout.write(`${peer.token}\n`);
}
