/** `parley tail`: the last of a conversation, then what comes, until it is stopped. */
import type { CommandModule } from 'yargs';
import { HISTORY_PAGE_MAX } from '../../protocol/limits.js';
import {
  checkWhole,
  withConversation,
  withJson,
  withProfile,
  type ConversationFlags,
  type PrintFlags,
} from './profile-options.js';

interface TailFlags extends PrintFlags, ConversationFlags {
  limit: number;
  since?: string | undefined;
}

const command: CommandModule<object, TailFlags> = {
  command: 'tail <conversation>',
  describe: 'Print what comes into a conversation, as it comes, by the peer that runs; over its restarts too',
  builder: (yargs) =>
    withJson(withProfile(withConversation(yargs)))
      .option('limit', { type: 'number', default: 10, describe: 'Begin with so many that are there already' })
      .option('since', {
        type: 'string',
        describe: 'Begin with all that came after the entry of this id: go on where another tail ended',
      }),
  handler: run,
};

export default command;

/** Returns when nobody reads any more. */
async function run({ conversation = '', join, json = false, limit, since, ...flags }: TailFlags): Promise<void> {
  checkWhole('limit', limit, 0, HISTORY_PAGE_MAX);
  const [{ conversationOf, profileOf }, { SteadyPeer }, { Follower }, { Output }, { printed }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../process/steady-peer.js'),
    import('../terminal/follower.js'),
    import('../terminal/output.js'),
    import('../terminal/entry-text.js'),
  ]);
  const { dataDir } = await profileOf(flags);
  const output = new Output();
  const say = (text: string): void => void process.stderr.write(`parley: ${text}\n`);
  let follower: InstanceType<typeof Follower> | undefined;
  const peer = await SteadyPeer.open(dataDir, {
    event: (event) => follower?.hear(event),
    down: () => {
      follower?.down();
      say('The peer has stopped. What comes meanwhile is printed when it is back.');
      void peer.socket().then(
        (socket) => follower?.connected(socket),
        () => undefined,
      );
    },
  });
  try {
    follower = new Follower({
      conversation: await conversationOf(peer.asking(), conversation, join),
      print: (entry) => output.write(printed(entry, json)),
    });
    const following = follower.begin(await peer.socket(), since === undefined ? { limit } : { since });
    await Promise.race([output.closed, following]);
  } finally {
    await peer.close();
  }
}
