/** Where nats-server is, and what of it is known. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../start-error.js';

const NAME = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
/** Where Debian and others put it, which is not in the PATH of everybody. */
const ALSO = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];
const VERSION_MS = 10_000;

/** Since then it can be told to write each record to the disk before it acknowledges it. */
const SYNCS = [2, 10, 0] as const;
/** Before that one, streams were seen to vanish after a crash. */
const SOUND = [2, 10, 23] as const;

export interface NatsVersion {
  text: string;
  /** Acknowledged means on the disk. */
  canSync: boolean;
  isSound: boolean;
}

/** Errors: StartError, with how to get it. */
export async function natsProgram(
  env: NodeJS.ProcessEnv = process.env,
  also: readonly string[] = ALSO,
): Promise<string> {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...also];
  for (const folder of folders) {
    const file = join(folder, NAME);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  throw new StartError(
    'A cluster runs on nats-server, which is not installed here. Get it from https://nats.io/download ' +
      '(Debian, for tests: sudo apt-get install nats-server), or name a server that runs with --nats URL.',
  );
}

/** Errors: StartError where it cannot be run. */
export async function natsVersion(program: string): Promise<NatsVersion> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: VERSION_MS });
    return readVersion(stdout);
  } catch (error) {
    throw new StartError(`${program} cannot be run. Install nats-server anew from https://nats.io/download.`, {
      cause: error,
    });
  }
}

/** @param text as `nats-server: v2.10.24`, or what a server says of itself */
export function readVersion(text: string): NatsVersion {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  const parts = (found?.slice(1) ?? ['0', '0', '0']).map(Number);
  return { text: parts.join('.'), canSync: isFrom(parts, SYNCS), isSound: isFrom(parts, SOUND) };
}

function isFrom(version: readonly number[], least: readonly number[]): boolean {
  for (const [at, part] of least.entries()) {
    const own = version[at] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
