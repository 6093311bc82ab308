/**
 * How a program of the same user finds this daemon, and proves itself without a password: `local.json` in the data directory, for
 * the owner alone, with the address and a token that counts as long as this process lives.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { readIfThere, replaceFile } from '../identity/files.js';

const ProgramKey = Type.Object({
  /** `http://localhost:19101/` */
  url: Type.String({ pattern: '^http://[^/]+/$' }),
  token: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  pid: Type.Integer({ minimum: 1 }),
});
export type ProgramKey = Static<typeof ProgramKey>;

const programKey = Compile(ProgramKey);

function fileOf(dataDir: string): string {
  return join(dataDir, 'local.json');
}

/** @throws (rejects with) the system's error */
export async function writeProgramKey(dataDir: string, key: ProgramKey): Promise<void> {
  await replaceFile(fileOf(dataDir), `${JSON.stringify(key)}\n`);
}

export async function removeProgramKey(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** @throws (rejects with) ParleyError unavailable when no daemon runs on this directory */
export async function readProgramKey(dataDir: string): Promise<ProgramKey> {
  const text = await readIfThere(fileOf(dataDir));
  const key: unknown = text === undefined ? undefined : parsed(text);
  if (programKey.Check(key) && lives(key.pid)) return key;
  throw new ParleyError('unavailable', `No peer runs on ${dataDir}. Start it with parley peer, then try again.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
