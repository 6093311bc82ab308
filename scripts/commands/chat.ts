/** `parley chat`: the conversations of the user on a terminal, by the peer that runs, or by one that it starts. */
import type { CommandModule } from 'yargs';
import type { ProfileFlags } from '../process/profile-choice.js';
import type { Language } from '../terminal/chat/texts.js';
import { CONVERSATION, withProfile } from './profile-options.js';

interface ChatFlags extends ProfileFlags {
  conversation?: string | undefined;
  language?: Language | undefined;
  mouse: boolean;
}

/** After so long without a peer one is started here. */
const AWAY_MS = 5000;

const command: CommandModule<object, ChatFlags> = {
  command: 'chat [conversation]',
  describe: 'Chat in this terminal, by the peer that runs, or by one that is started and ends with it',
  builder: (yargs) =>
    withProfile(yargs)
      .positional('conversation', CONVERSATION)
      .option('language', { choices: ['en', 'vi', 'fa'] as const, describe: 'Of its texts [default: by LANG]' })
      .option('mouse', {
        type: 'boolean',
        default: false,
        describe: 'Let the wheel scroll; the terminal selects with Shift',
      }),
  handler: run,
};

export default command;

/** Returns when the user leaves. Everything that draws is loaded here alone. */
async function run({ conversation, language, mouse, ...flags }: ChatFlags): Promise<void> {
  const { checkTerminal, Screen } = await import('../terminal/chat/screen.js');
  checkTerminal(process.stdin, process.stdout, process.env['TERM']);
  const [{ profileOf }, { readProgramKey }, { OwnPeer }, { StandIn }, { chat }, { languageOf, textsIn }] =
    await Promise.all([
      import('../process/running-peer.js'),
      import('../../peer/local/program-key.js'),
      import('../process/own-peer.js'),
      import('../process/stand-in.js'),
      import('../terminal/chat/run.js'),
      import('../terminal/chat/texts.js'),
    ]);
  const profile = await profileOf(flags);
  const { dataDir, username } = profile;
  const own = new OwnPeer(profile);
  const spoken = language ?? languageOf(process.env);
  const runs = (): Promise<boolean> =>
    readProgramKey(dataDir).then(
      () => true,
      () => false,
    );
  const standIn = new StandIn({ runs, start: () => own.start(), afterMs: AWAY_MS });
  try {
    if (!(await runs())) {
      process.stderr.write(`${textsIn[spoken].starting}\n`);
      await own.start();
    }
    await chat({
      screen: new Screen(process.stdin, process.stdout, mouse, process.env),
      ...{ dataDir, username, language: spoken, conversation },
      up: () => standIn.done(),
      down: () => standIn.down(),
    });
  } finally {
    standIn.done();
    await own.stop();
  }
}
