/** `parley history`: what was said in a conversation, oldest first. */
import type { CommandModule } from 'yargs';
import { HISTORY_PAGE_MAX } from '../../protocol/limits.js';
import type { EntryView } from '../../protocol/local-api.js';
import type { RunningPeer } from '../process/running-peer.js';
import {
  checkWhole,
  withConversation,
  withJson,
  withProfile,
  type ConversationFlags,
  type PrintFlags,
} from './profile-options.js';

interface HistoryFlags extends PrintFlags, ConversationFlags {
  limit: number;
  before?: string | undefined;
  after?: string | undefined;
}

const LIMIT_MAX = 100_000;

const command: CommandModule<object, HistoryFlags> = {
  command: 'history <conversation>',
  describe: 'Print what was said in a conversation, oldest first, by the peer that runs',
  builder: (yargs) =>
    withJson(withProfile(withConversation(yargs)))
      .option('limit', { type: 'number', default: 50, describe: 'At most so many, the newest' })
      .option('before', { type: 'string', describe: 'Only what stands before the entry of this id' })
      .option('after', { type: 'string', describe: 'Only what stands after the entry of this id: the oldest of it' })
      .conflicts('before', 'after'),
  handler: run,
};

export default command;

async function run({ conversation = '', join, json = false, ...flags }: HistoryFlags): Promise<void> {
  const { limit } = flags;
  checkWhole('limit', limit, 1, LIMIT_MAX);
  const [{ conversationOf, RunningPeer }, { Output }, { printed }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../terminal/output.js'),
    import('../terminal/entry-text.js'),
  ]);
  const output = new Output();
  const peer = await RunningPeer.find(flags);
  try {
    const id = await conversationOf(peer, conversation, join);
    const pages = flags.after === undefined ? [await older(peer, id, flags)] : newer(peer, id, flags.after, limit);
    for await (const entries of pages) {
      for (const entry of entries) await output.write(printed(entry, json));
      if (!output.open) return;
    }
    await output.flush();
  } finally {
    await peer.close();
  }
}

/** The newest of those before, in the order in which they stand. */
async function older(
  peer: RunningPeer,
  conversation: string,
  { before: end, limit }: Pick<HistoryFlags, 'before' | 'limit'>,
): Promise<EntryView[]> {
  const pages: EntryView[][] = [];
  let [wanted, before, more] = [limit, end, true];
  while (more && wanted > 0) {
    const page = await peer.run('history.page', {
      ...{ conversation, limit: Math.min(wanted, HISTORY_PAGE_MAX) },
      ...(before === undefined ? {} : { before }),
    });
    pages.unshift(page.entries);
    wanted -= page.entries.length;
    before = page.entries[0]?.id;
    more = page.more && before !== undefined;
  }
  return pages.flat();
}

async function* newer(
  peer: RunningPeer,
  conversation: string,
  from: string,
  limit: number,
): AsyncGenerator<EntryView[], void, undefined> {
  let [wanted, after, more] = [limit, from, true];
  while (more && wanted > 0) {
    const most = Math.min(wanted, HISTORY_PAGE_MAX);
    const { entries, newer } = await peer.run('history.page', { conversation, after, limit: most });
    yield entries;
    wanted -= entries.length;
    after = entries.at(-1)?.id ?? after;
    more = newer && entries.length > 0;
  }
}
