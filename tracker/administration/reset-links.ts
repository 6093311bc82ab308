import { hash as digest, timingSafeEqual } from 'node:crypto';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import type { UserKey, Username } from '../../protocol/ids.js';
import type { Clock } from '../clock.js';
import type { RecordStore, RecordWrite } from '../store/record-store.js';

export interface ResetLinksOptions {
  records: RecordStore;
  clock: Clock;
  randomBytes: (size: number) => Buffer;
}

const LIFE_MS = 24 * 3600_000;
const SECRET_BYTES = 24;
const CODE = /^([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{32})$/;

const Stored = Type.Object({ hash: Type.String(), expires: Type.Integer(), used: Type.Boolean() });
const stored = Compile(Stored);

/**
 * Codes with which somebody chooses a new password, once and within a day. Only a hash is kept, under the account, so that the next
 * one replaces the one before.
 */
export class ResetLinks {
  constructor(private readonly options: ResetLinksOptions) {}

  async make(user: UserKey, username: Username): Promise<{ code: string; expires: number }> {
    const { records, clock, randomBytes } = this.options;
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const expires = clock.now() + LIFE_MS;
    await records.update('reset', user, () => ({ hash: hashOf(secret), expires, used: false }));
    return { code: `${username}.${secret}`, expires };
  }

  /** Whose password it opens, and what is to be written together with a new one: then it is used up. Errors: reset_over. */
  async check(code: string): Promise<{ user: UserKey; used: RecordWrite }> {
    const { records, clock } = this.options;
    const [, username = '', secret = ''] = CODE.exec(code.trim()) ?? [];
    if (secret === '') throw new ParleyError('reset_over');
    const user = username.toLowerCase() as UserKey;
    const given = Buffer.from(hashOf(secret));
    const known = await records.find('reset', user);
    const isLeft =
      stored.Check(known) &&
      timingSafeEqual(Buffer.from(known.hash), given) &&
      !known.used &&
      known.expires > clock.now();
    if (!isLeft) throw new ParleyError('reset_over');
    return { user, used: { kind: 'reset', id: user, value: { ...known, used: true } } };
  }

  /** None of the account opens anything any more. */
  async end(user: UserKey): Promise<void> {
    await this.options.records.remove('reset', user);
  }
}

function hashOf(secret: string): string {
  return digest('sha256', secret, 'base64url');
}
