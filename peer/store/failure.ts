/** What SQLite's and the system's errors mean to the rest of the peer. */
import { isParleyError, ParleyError } from '../../protocol/errors.js';

/** SQLite's primary result codes, and the one extended one that stands for a full disk: the room for `-shm`. */
const [BUSY, CORRUPT, FULL, NOTADB] = [5, 11, 13, 26];
const IOERR_SHMSIZE = 4874;

/** Any error of the store as one that a door can show: `storage_damaged`, `storage_full` or `storage_failed`. */
export function storageFailure(cause: unknown): ParleyError {
  if (isParleyError(cause)) return cause;
  const { code, errcode, text } = facts(cause);
  if (isDamage(cause)) return new ParleyError('storage_damaged', undefined, { cause });
  const full =
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    (errcode & 0xff) === FULL ||
    errcode === IOERR_SHMSIZE ||
    text.includes('database or disk is full');
  return new ParleyError(full ? 'storage_full' : 'storage_failed', undefined, { cause });
}

/** Whether the file itself is not what was written: asking again does not help. */
export function isDamage(error: unknown): boolean {
  if (isParleyError(error)) return error.code === 'storage_damaged';
  const { errcode, text } = facts(error);
  const primary = errcode & 0xff;
  return primary === CORRUPT || primary === NOTADB || DAMAGE_TEXT.test(text);
}

/** Whether another process has it. */
export function isLocked(error: unknown): boolean {
  const { errcode, text } = facts(error);
  return (errcode & 0xff) === BUSY || text.includes('database is locked');
}

/** Some errors of the binding come without a number: SQLite's own words are as fixed. Nothing else may stand beside them. */
const DAMAGE_TEXT = /^(?:[\w .:()]{0,64}: )?(?:database disk image is malformed|file is not a database)$/;

function facts(error: unknown): { code: string; errcode: number; text: string } {
  if (typeof error !== 'object' || error === null) return { code: '', errcode: 0, text: '' };
  return {
    text: 'message' in error && typeof error.message === 'string' ? error.message : '',
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    errcode: 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0,
  };
}
