/** `parley send`: hands files to the peer that runs, which sends them. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import { shownFileName } from '../../protocol/files.js';
import type { ProfileFlags } from '../process/profile-choice.js';
import type { RunningPeer } from '../process/running-peer.js';

interface SendFlags extends ProfileFlags {
  conversation?: string;
  file: string[];
  message?: string | undefined;
}

const command: CommandModule<object, SendFlags> = {
  command: 'send <conversation>',
  describe: 'Send files, or a text, into a conversation, by the peer that runs',
  builder: (yargs) =>
    yargs
      .positional('conversation', { type: 'string', describe: '"#general", or the name of a user' })
      .option('file', {
        type: 'string',
        array: true,
        default: [],
        describe: 'What to send; may stand there several times',
      })
      .option('message', { type: 'string', describe: 'A text: below the first file, or alone' })
      .option('username', { type: 'string', describe: 'Whose peer, where several run' })
      .option('data-dir', { type: 'string', describe: "Where that peer keeps its data [default: the platform's]" }),
  handler: run,
};

export default command;

async function run({ conversation = '', file: files, message, ...flags }: SendFlags): Promise<void> {
  if (files.length === 0 && message === undefined)
    throw new ParleyError('bad_request', 'Say what to send, with --file or --message.');
  const { RunningPeer } = await import('../process/running-peer.js');
  const peer = await RunningPeer.find(flags);
  try {
    const id = conversation.startsWith('#')
      ? conversation
      : (await peer.run('conversation.open', { username: conversation })).conversation;
    if (files.length === 0) await peer.run('message.post', { conversation: id, message: message ?? '' });
    for (const [at, path] of files.entries()) await sendFile(peer, id, path, at === 0 ? message : undefined);
  } finally {
    await peer.close();
  }
}

async function sendFile(
  peer: RunningPeer,
  conversation: string,
  path: string,
  message: string | undefined,
): Promise<void> {
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
    const { sha256 } = (await peer.send(`api/files?${query.toString()}`, body, stat.size)) as { sha256: string };
    progress.end();
    process.stdout.write(`${sha256}  ${shownFileName(name)}\n`);
  } finally {
    progress.end();
    await file.close().catch(() => undefined);
  }
}
