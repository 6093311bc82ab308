/** `parley send`: hands files, texts, or what is piped in to the peer that runs, which sends them. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import { shownFileName } from '../../protocol/files.js';
import type { EntryView } from '../../protocol/local-api.js';
import { UsageError } from '../cli.js';
import type { RunningPeer } from '../process/running-peer.js';
import { withConversation, withJson, withProfile, type ConversationFlags, type PrintFlags } from './profile-options.js';

interface SendFlags extends PrintFlags, ConversationFlags {
  file: string[];
  message?: string | undefined;
  whole: boolean;
}

/** For so long what is piped in waits for a peer that starts again. */
const AWAY_MS = 60_000;

const command: CommandModule<object, SendFlags> = {
  command: 'send <conversation>',
  describe: 'Send files, a text, or each line of stdin into a conversation, by the peer that runs',
  builder: (yargs) =>
    withJson(withProfile(withConversation(yargs)))
      .option('file', {
        type: 'string',
        array: true,
        default: [],
        describe: 'What to send; may stand there several times',
      })
      .option('message', { type: 'string', describe: 'A text: below the first file, or alone' })
      .option('whole', { type: 'boolean', default: false, describe: 'All of stdin is one message, not each line' }),
  handler: run,
};

export default command;

async function run(flags: SendFlags): Promise<void> {
  if (flags.file.length === 0 && flags.message === undefined) return sendInput(flags);
  if (flags.whole) throw new UsageError('--whole is for what is piped in: leave out --file and --message.');
  const { conversation = '', join, file: files, message, json = false, ...profile } = flags;
  const { conversationOf, RunningPeer } = await import('../process/running-peer.js');
  const peer = await RunningPeer.find(profile);
  try {
    const id = await conversationOf(peer, conversation, join);
    if (files.length === 0) await sendText(peer, id, message ?? '', json);
    for (const [at, path] of files.entries())
      await sendFile(peer, { conversation: id, path, message: at === 0 ? message : undefined, json });
  } finally {
    await peer.close();
  }
}

async function sendText(peer: RunningPeer, conversation: string, message: string, json: boolean): Promise<void> {
  const { entry } = await peer.run('message.post', { conversation, message });
  if (json) await printJson(entry);
}

async function printJson(entry: EntryView): Promise<void> {
  const { safeJson } = await import('../terminal/safe-text.js');
  process.stdout.write(`${safeJson(entry)}\n`);
}

/** What is piped in. */
async function sendInput({ conversation = '', join, whole, json, ...flags }: SendFlags): Promise<void> {
  const what = 'Say what to send, with --file or --message, or pipe it in: echo done | parley send "#general"';
  if (process.stdin.isTTY) throw new ParleyError('bad_request', what);
  const [{ conversationOf, profileOf }, { SteadyPeer }, lines, { Output }, { safeJson }] = await Promise.all([
    import('../process/running-peer.js'),
    import('../process/steady-peer.js'),
    import('../terminal/send-lines.js'),
    import('../terminal/output.js'),
    import('../terminal/safe-text.js'),
  ]);
  const output = new Output();
  const peer = await SteadyPeer.open((await profileOf(flags)).dataDir);
  try {
    const sent = await lines.sendLines({
      conversation: await conversationOf(peer.asking(AWAY_MS), conversation, join),
      socket: () => peer.socket(AWAY_MS),
      lines: whole ? [await lines.wholeOf(process.stdin)] : lines.linesOf(process.stdin),
      sent: async ({ entry }) => {
        if (json) await output.write(safeJson(entry));
      },
    });
    if (sent === 0) throw new ParleyError('bad_request', `Nothing came in. ${what}`);
    await output.flush();
  } finally {
    await peer.close();
  }
}

interface FileToSend {
  readonly conversation: string;
  readonly path: string;
  readonly message: string | undefined;
  readonly json: boolean;
}

async function sendFile(peer: RunningPeer, { conversation, path, message, json }: FileToSend): Promise<void> {
  const { Progress } = await import('../process/progress.js');
  const name = basename(path);
  const progress = new Progress(shownFileName(name));
  const file = await open(path, 'r').catch((error: unknown) => {
    throw Object.assign(error as Error, { path });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new ParleyError('bad_request', `${path} is no file. Send the files in it, one by one.`);
    let done = 0;
    const counted = new Transform({
      transform(piece: Buffer, _encoding, next) {
        progress.show((done += piece.length), stat.size);
        next(null, piece);
      },
    });
    // What grows meanwhile is sent as it was; what shrinks breaks off, and is refused.
    const body = stat.size === 0 ? counted.end() : file.createReadStream({ end: stat.size - 1 }).pipe(counted);
    const query = new URLSearchParams({ conversation, name, ...(message === undefined ? {} : { message }) });
    const sent = await peer.send(`api/files?${query.toString()}`, body, stat.size);
    const { sha256, entry } = sent as { sha256: string; entry: string };
    progress.end();
    if (json) return await printJson((await peer.run('history.entry', { entry })).entry);
    process.stdout.write(`${sha256}  ${shownFileName(name)}\n`);
  } finally {
    progress.end();
    await file.close().catch(() => undefined);
  }
}
