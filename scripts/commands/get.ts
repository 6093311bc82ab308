/** `parley get`: has the peer that runs fetch a file, and saves it. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CommandModule } from 'yargs';
import { errorTable, isErrorCode, ParleyError } from '../../protocol/errors.js';
import { safeFileName, shownFileName } from '../../protocol/files.js';
import { parseEntryId } from '../../protocol/ids.js';
import type { TransferView } from '../../protocol/local-api.js';
import type { ProfileFlags } from '../process/profile-choice.js';
import { makeNewFile, refuseExisting } from '../process/new-file.js';
import { Progress } from '../process/progress.js';
import type { RunningPeer } from '../process/running-peer.js';
import { withProfile } from './profile-options.js';

interface GetFlags extends ProfileFlags {
  file?: string;
  output?: string | undefined;
}

const command: CommandModule<object, GetFlags> = {
  command: 'get <file>',
  describe: 'Save a file that a message shows, by the peer that runs',
  builder: (yargs) =>
    withProfile(yargs)
      .positional('file', { type: 'string', describe: 'A link to the message, or the SHA-256 of the file' })
      .option('output', {
        alias: 'o',
        type: 'string',
        describe: 'Where to save it; nothing is overwritten [default: its name, in this directory]',
      }),
  handler: run,
};

export default command;

async function run({ file = '', output, ...flags }: GetFlags): Promise<void> {
  const { RunningPeer } = await import('../process/running-peer.js');
  const peer = await RunningPeer.find(flags);
  try {
    const { sha256, name } = await meant(peer, file);
    const target = resolve(output ?? safeFileName(name));
    refuseExisting(target);
    await fetched(peer, sha256, name);
    await save(peer, sha256, target);
    process.stdout.write(`${target}\n`);
  } finally {
    await peer.close();
  }
}

async function meant(peer: RunningPeer, file: string): Promise<{ sha256: string; name: string }> {
  if (/^[0-9a-fA-F]{64}$/.test(file)) return { sha256: file.toLowerCase(), name: file.toLowerCase() };
  const id = parseEntryId(/(?:^|#\/m\/)([A-Za-z0-9_-]{43})$/.exec(file)?.[1] ?? '');
  if (!id) throw new ParleyError('bad_request', 'That is no link to a message, and no SHA-256. Copy the link again.');
  const { entry } = await peer.run('history.entry', { entry: id });
  const { sha256, name } = entry.data;
  if (entry.kind !== 'file' || typeof sha256 !== 'string' || typeof name !== 'string')
    throw new ParleyError('bad_request', 'That message shows no file. Copy the link of one that does.');
  return { sha256, name };
}

/** Resolves once the bytes are here. Waits for those who have it, for as long as it takes. */
async function fetched(peer: RunningPeer, sha256: string, name: string): Promise<void> {
  const progress = new Progress(shownFileName(name));
  const isHere = async (): Promise<boolean> => (await peer.head(`api/files/${sha256}`)) === 200;
  if (await isHere()) return;
  const come = new Promise<void>((done, failed) => {
    peer.heard = (event) => {
      if (event.type === 'file_removed' && event.id === sha256)
        failed(new ParleyError('file_not_here', 'It was cancelled elsewhere. Ask again.'));
      if (event.type !== 'file' || event.transfer.id !== sha256) return;
      const { transfer } = event;
      progress.show(transfer.done, transfer.size, noteOf(transfer));
      if (transfer.state === 'done') done();
      if (transfer.state === 'failed') failed(new ParleyError(codeOf(transfer)));
    };
  });
  // Told by `await` below, or of no interest any more.
  come.catch(() => undefined);
  try {
    // Who types this is there to wait for it, whichever way it comes.
    await peer.run('file.fetch', { sha256, relayed: true });
    if (!(await isHere())) await come;
  } finally {
    progress.end();
  }
}

function noteOf({ state, code, users }: TransferView): string {
  if (state === 'paused') return 'paused';
  if (state !== 'waiting' || code === undefined) return '';
  return code === 'nobody' ? `waits for ${users.join(', ')}` : errorTable[codeOf({ code })].message;
}

function codeOf({ code = 'storage_failed' }: Pick<TransferView, 'code'>): keyof typeof errorTable {
  return isErrorCode(code) ? code : 'unavailable';
}

async function save(peer: RunningPeer, sha256: string, target: string): Promise<void> {
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform(piece: Buffer, _encoding, next) {
      hash.update(piece);
      next(null, piece);
    },
  });
  await makeNewFile(target, async (part) => {
    const bytes = await peer.get(`api/files/${sha256}`);
    await pipeline(bytes, hashed, createWriteStream(part, { flags: 'wx', flush: true }));
    if (hash.digest('hex') !== sha256) throw new ParleyError('file_wrong');
  });
}
