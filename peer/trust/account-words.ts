/**
 * Which accounts an admin has disabled or removed (SPEC.md section 3): by the signature of the tracker's CA alone. What a former CA
 * said was of other accounts.
 */
import { accountWordBytes, type AccountWord } from '../../protocol/account-word.js';
import { userKey, type UserKey, type Username } from '../../protocol/ids.js';
import { Statements, type StatementKind, type StatementsOptions } from './statements.js';

const userOf = ({ username }: Pick<AccountWord, 'username'>): UserKey => userKey(username as Username);

const kind: StatementKind<AccountWord> = {
  about: userOf,
  bytes: accountWordBytes,
  isStronger: ({ time }, known) => time > known.time,
  plain: ({ username, used, time, sig }) => ({ username, used, time, sig }),
  line: (word) => `${userOf(word)} ${word.time} ${String(word.used)}\n`,
};

export class AccountWords extends Statements<AccountWord> {
  constructor(options: StatementsOptions<AccountWord>) {
    super(kind, options, false);
  }

  /** Nobody links with its devices. */
  isShut(user: Username | UserKey): boolean {
    return this.get(userKey(user))?.used === false;
  }
}
