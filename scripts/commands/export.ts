/** `parley export`: all data of the user in a zip archive, readable without Parley, by the peer that runs. */
import { createWriteStream, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import { exportName } from '../../peer/export/archive.js';
import type { ProfileFlags } from '../process/profile-choice.js';
import { makeNewFile, refuseExisting } from '../process/new-file.js';
import { Progress } from '../process/progress.js';
import { profileOf, RunningPeer } from '../process/running-peer.js';
import { withProfile } from './profile-options.js';

interface ExportFlags extends ProfileFlags {
  output?: string | undefined;
}

const command: CommandModule<object, ExportFlags> = {
  command: 'export',
  describe:
    'Write all your messages and files into a zip archive that needs no Parley to be read, by the peer that runs',
  builder: (yargs) =>
    withProfile(yargs).option('output', {
      alias: 'o',
      type: 'string',
      describe: 'A file, or a directory to write it into; nothing is overwritten [default: this directory]',
    }),
  handler: run,
};

export default command;

async function run({ output = '.', ...flags }: ExportFlags): Promise<void> {
  const { username } = await profileOf(flags);
  const place = resolve(output);
  const isDirectory = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const target = isDirectory ? join(place, exportName(username, Date.now())) : place;
  refuseExisting(target);
  const peer = await RunningPeer.find(flags);
  try {
    await save(peer, target);
    process.stdout.write(`${target}\nIt is not sealed: keep it where nobody else reads it.\n`);
  } finally {
    await peer.close();
  }
}

async function save(peer: RunningPeer, target: string): Promise<void> {
  const progress = new Progress(basename(target));
  let bytes = 0;
  const counted = new Transform({
    transform(piece: Buffer, _encoding, next) {
      bytes += piece.length;
      progress.count(bytes);
      next(null, piece);
    },
  });
  try {
    await makeNewFile(target, async (part) => {
      const data = await peer.get('api/export');
      await pipeline(data, counted, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
    });
  } catch (error) {
    throw told(error);
  } finally {
    progress.end();
  }
}

function told(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const text = 'The disk is full, so nothing was exported. Make room, or write it to another disk with -o.';
    return new ParleyError('storage_full', text, { cause: error });
  }
  if (path !== undefined || (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE')) return error;
  const text = 'The peer broke off, so nothing was exported. See that it runs, then export again.';
  return new ParleyError('unavailable', text, { cause: error });
}
