import { isGuestName } from '../protocol/confusable.js';
import { isParleyError, ParleyError } from '../protocol/errors.js';
import { parseUsername, userKey, type UserKey, type Username } from '../protocol/ids.js';
import { PASSWORD_MAX, PASSWORD_MIN } from '../protocol/limits.js';
import { opaqueString, passwordForms } from '../protocol/password.js';
import type { InviteReturns } from './administration/invite-returns.js';
import type { Admission, Invites } from './administration/invites.js';
import type { Clock } from './clock.js';
import { DAY_MS, RateLimited } from './daily-limits.js';
import type { PasswordHasher } from './password-hasher.js';
import type { Registration } from './settings.js';
import type { RecordWrite } from './store/record-store.js';
import type { Account, AccountStore, NewAccount } from './store/tracker-store.js';

export interface AccountsOptions {
  store: AccountStore;
  hasher: PasswordHasher;
  clock: Clock;
  /** Looked at with each registration. `isLocal`: only this machine gets in. */
  settings: { readonly registration: Registration; readonly isLocal: boolean };
  invites: Pick<Invites, 'check' | 'giveBack' | 'isKnown' | 'take'>;
  /** Gives back what was taken of an invite, where the store failed. */
  returns: Pick<InviteReturns, 'failed'>;
  /** Of the account that is made with an admin's invite. */
  becameAdmin?: ((username: Username) => Promise<void>) | undefined;
  /** Accounts that are made in 24 hours in all, and that wait for approval at once. */
  limits?: { readonly registrationsPerDay: number; readonly pendingAccounts: number } | undefined;
}

export interface PasswordChoice {
  readonly old: string;
  readonly next: string;
  readonly keepDevices: boolean;
  /** As of `register`. */
  readonly from?: string;
}

/** When it is worth to try again, once there is no room. */
const AGAIN_MS = 3600_000;

/** Accounts and the check of their passwords (SPEC.md section 2). */
export class Accounts {
  readonly #options: AccountsOptions;
  /** Checked when the name does not exist, so that this takes as long as a wrong password. */
  readonly #dummyHash: Promise<string>;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#dummyHash = options.hasher.hash('a password that nobody has');
  }

  /**
   * @param had the account was there before, as its device has shown: then it is made again, whoever else may register
   * @param from the address that asks: others have their turn before it asks for more
   * @param isForwarded a proxy says so, which nobody has said is to be trusted: it is not known who asks
   * Errors: forbidden (registration closed), invite_needed, invite_over, bad_name, bad_password, name_taken, name_confusable, rate_limited,
   * storage_full, unavailable.
   */
  async register(
    name: string,
    password: string,
    { had = false, invite = '', isForwarded = false, from = '' } = {},
  ): Promise<Username> {
    const { hasher, clock, invites } = this.#options;
    const given = invite.trim();
    if (!had && given === '' && this.#options.settings.registration === 'closed') throw registrationClosed();
    const username = parseUsername(name);
    if (!username) throw new ParleyError('bad_name');
    if (isGuestName(username)) {
      const text = 'Names that begin with "guest-", or look as if they did, are for guests. Choose another one.';
      throw new ParleyError('name_confusable', text);
    }
    const opaque = newPassword(password);
    // Who is here is told to nobody without a code, where accounts are made with one. After that the name comes first, so that who begins
    // again with a code that is used up is told that the account is there.
    if (!had) await this.#checkMayAsk(given);
    await this.#checkFree(username);
    const entry = had ? {} : await this.#entry(given, isForwarded);
    if (!had) await this.#checkRoom(entry.state === 'pending');
    const passwordHash = await hasher.hash(opaque, from);
    const { code, ...facts } = entry;
    // Before the account is there, so that no code makes more than it may; a crash in between costs one use.
    if (code !== undefined) await invites.take(code);
    const account = { key: userKey(username), username, passwordHash, created: clock.now() };
    if (await this.#create({ ...account, ...facts }, code)) {
      if (facts.admin === true) await this.#options.becameAdmin?.(username);
      return username;
    }
    if (code !== undefined) await invites.giveBack(code);
    await this.#checkFree(username);
    throw new ParleyError('name_taken');
  }

  /** As `AccountStore.create`. What was taken of an invite is given back where it fails. */
  async #create(account: NewAccount, code: string | undefined): Promise<boolean> {
    const { store, returns } = this.#options;
    try {
      return await store.create(account);
    } catch (error) {
      // By its hash: meanwhile somebody may have made one of the same name.
      const isMade = async (): Promise<boolean> =>
        (await store.find(account.key))?.passwordHash === account.passwordHash;
      if (code !== undefined) await returns.failed(error, code, isMade);
      throw error;
    }
  }

  /**
   * How somebody may come in. Where only this machine gets in, the first account is that of whoever runs this tracker: it waits for nobody,
   * and is an admin. Elsewhere an admin's first invite, which the console shows, makes one. Errors: forbidden, invite_needed, invite_over.
   */
  async #entry(code: string, isForwarded: boolean): Promise<Pick<NewAccount, 'admin' | 'state'> & { code?: string }> {
    const { settings } = this.#options;
    const { registration, isLocal } = settings;
    const invite = code === '' ? undefined : await this.#admission(code);
    if (invite?.admin) return { admin: true, code };
    if (registration === 'closed') throw registrationClosed();
    if (isLocal && !isForwarded && !(await this.#hasAccounts())) return { admin: 'first' };
    // Where everybody may, a code that opens nothing is no obstacle, and one that does is not used up.
    if (registration === 'open') return {};
    if (invite) return { code };
    if (code !== '') throw new ParleyError('invite_over');
    if (registration === 'invite') throw new ParleyError('invite_needed');
    return { state: 'pending' };
  }

  /** Errors: forbidden, invite_needed, invite_over, where nothing would be made whatever the name. */
  async #checkMayAsk(code: string): Promise<void> {
    const { settings, invites } = this.#options;
    const { registration } = settings;
    if (registration === 'open' || registration === 'approval') return;
    if (code !== '' && (await invites.isKnown(code))) return;
    if (registration === 'closed') throw registrationClosed();
    if (settings.isLocal && !(await this.#hasAccounts())) return;
    throw new ParleyError(code === '' ? 'invite_needed' : 'invite_over');
  }

  async #admission(code: string): Promise<Admission | undefined> {
    try {
      return await this.#options.invites.check(code);
    } catch (error) {
      if (isParleyError(error) && error.code === 'invite_over') return undefined;
      throw error;
    }
  }

  async #hasAccounts(): Promise<boolean> {
    const { store } = this.#options;
    if ((await store.admins()).length > 0) return true;
    const all = await store.listAll({ limit: 1 });
    return all.length > 0;
  }

  /** Names are kept for good, so that nobody fills the list with them in a night. Errors: rate_limited. */
  async #checkRoom(isPending: boolean): Promise<void> {
    const { store, clock, limits } = this.#options;
    if (!limits) return;
    if ((await store.countSince(clock.now() - DAY_MS)) >= limits.registrationsPerDay) {
      const text =
        'So many accounts were made here within a day that no more are taken. Try again tomorrow, or ask an admin.';
      throw new RateLimited(text, AGAIN_MS);
    }
    if (isPending && (await store.countIn('pending')) >= limits.pendingAccounts) {
      throw new RateLimited(
        'Too many accounts wait for approval here. Ask an admin of this tracker to look at them.',
        AGAIN_MS,
      );
    }
  }

  async #checkFree(username: Username): Promise<void> {
    const { store } = this.#options;
    if (await store.find(userKey(username))) throw new ParleyError('name_taken');
    const other = await store.lookAlike(username);
    if (other === undefined) return;
    const text = `"${username}" looks too much like "${other}", who is here. Choose a name that nobody can mistake for it.`;
    throw new ParleyError('name_confusable', text);
  }

  /** Nobody has the name, nor one that looks like it. */
  async isFree(username: Username): Promise<boolean> {
    const { store } = this.#options;
    return !(await store.find(userKey(username))) && (await store.lookAlike(username)) === undefined;
  }

  /** An account that no password opens. Undefined when the name is taken. */
  async addGuest(username: Username): Promise<UserKey | undefined> {
    const { store, clock } = this.#options;
    const key = userKey(username);
    const created = await store.create({ key, username, passwordHash: '', created: clock.now(), guest: 'here' });
    return created ? key : undefined;
  }

  /** @param from as of `register`. Errors: invalid_credentials, account_pending, account_disabled, unavailable. */
  async authenticate(name: string, password: string, from = ''): Promise<Account> {
    const { store, hasher } = this.#options;
    const username = parseUsername(name);
    const found = username && (await store.find(userKey(username)));
    // A guest has no password: any is as wrong as for a name that nobody has.
    const account = found?.guest === undefined ? found : undefined;
    const hash = account?.passwordHash ?? (await this.#dummyHash);
    const matching = await this.#matchingForm(hash, password, from);
    if (!account || matching === undefined) throw new ParleyError('invalid_credentials');
    // Only who knows the password hears of it.
    checkUsed(account);
    const opaque = opaqueString(password);
    if (opaque !== undefined && matching !== opaque) {
      // The hash is from before passwords were normalised. With the new hash the first try succeeds, however it is typed.
      const passwordHash = await hasher.hash(opaque, from);
      await store.rehash(account.key, passwordHash, hash);
      return { ...account, passwordHash };
    }
    return account;
  }

  /** The form of the password that the hash was made of. A password without a valid form costs as much as a wrong one. */
  async #matchingForm(hash: string, password: string, from: string): Promise<string | undefined> {
    const forms = passwordForms(password);
    for (const form of forms.length > 0 ? forms : [''])
      if (await this.#options.hasher.verify(hash, form, from)) return form;
    return undefined;
  }

  /**
   * All sessions of before are over then, and have to be closed. Of two changes at once from the same password, one succeeds.
   * Errors: those of `authenticate`, bad_password.
   */
  async changePassword(username: Username, { old, next, keepDevices, from = '' }: PasswordChoice): Promise<void> {
    const { store, hasher } = this.#options;
    const opaque = newPassword(next);
    const { key, passwordHash: was } = await this.authenticate(username, old, from);
    const changed = await store.setPassword(key, await hasher.hash(opaque, from), { was, keepDevices });
    if (!changed) throw new ParleyError('invalid_credentials');
  }

  /** Nothing that was let in is let in again without the password. All sessions are over then, and have to be closed. */
  async endSignIns(user: UserKey): Promise<void> {
    await this.#options.store.endSignIns(user);
  }

  /**
   * A password that an admin has let somebody choose anew. False where it is another one meanwhile: of two at once, one is written.
   * Errors: bad_password.
   */
  async resetPassword({ key, passwordHash: was }: Account, next: string, alongside: readonly RecordWrite[]) {
    const { store, hasher } = this.#options;
    return store.setPassword(key, await hasher.hash(newPassword(next)), { was, alongside });
  }

  /** Errors: bad_password. */
  checkNewPassword(password: string): void {
    newPassword(password);
  }

  /** Whether this account runs the tracker, now. */
  async isAdmin(key: UserKey): Promise<boolean> {
    const account = await this.#options.store.find(key);
    return account?.admin === true && account.state === undefined;
  }

  async find(key: UserKey): Promise<Account | undefined> {
    return this.#options.store.find(key);
  }

  /** `listener` hears of each new account, at whichever node. */
  watch(listener: (username: Username) => void): () => void {
    return this.#options.store.watch(listener);
  }

  /** `listener` hears of each account that is used no more, or again, at whichever node. */
  watchStates(listener: Parameters<AccountStore['watchStates']>[0]): () => void {
    return this.#options.store.watchStates(listener);
  }
}

function registrationClosed(): ParleyError {
  return new ParleyError('forbidden', 'Registration is closed here. Ask whoever runs this tracker for an account.');
}

/** Errors: account_pending, account_disabled. */
export function checkUsed({ state }: Pick<Account, 'state'>): void {
  if (state === 'pending') throw new ParleyError('account_pending');
  if (state !== undefined) throw new ParleyError('account_disabled');
}

/** The password in its normalised form, of which the length counts. Errors: bad_password. */
function newPassword(password: string): string {
  const opaque = opaqueString(password);
  if (opaque === undefined && password !== '') {
    throw new ParleyError('bad_password', 'A password has no control characters, as tabs are. Choose another one.');
  }
  const bytes = Buffer.byteLength(opaque ?? '');
  if (opaque === undefined || bytes < PASSWORD_MIN || bytes > PASSWORD_MAX) throw new ParleyError('bad_password');
  return opaque;
}
