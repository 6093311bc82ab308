/** What admins do to accounts (SPEC.md section 2): every action is in the audit log. */
import type {
  AdminAccount,
  EditableSettings,
  InviteRecord,
  ListAccounts,
  MakeInvite,
} from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import type { Accounts } from '../accounts.js';
import type { Clock } from '../clock.js';
import type { DeviceDetails } from '../device-details.js';
import type { Devices } from '../devices.js';
import type { Directory } from '../directory.js';
import type { Sessions } from '../sessions.js';
import type { Account, AccountChange, AnyAccount, TrackerStore } from '../store/tracker-store.js';
import type { AuditLog } from './audit.js';
import type { Invites } from './invites.js';
import type { ResetLinks } from './reset-links.js';
import type { SettingsBook } from './settings-book.js';

export interface AdministrationOptions {
  store: Pick<TrackerStore, 'accounts' | 'channels' | 'devices' | 'sessions'>;
  accounts: Accounts;
  sessions: Sessions;
  devices: Devices;
  deviceDetails: Pick<DeviceDetails, 'list'>;
  directory: Directory;
  resets: ResetLinks;
  invites: Invites;
  settings: SettingsBook;
  audit: AuditLog;
  clock: Clock;
}

/** Who asks: the name of an admin; undefined on the command line of the tracker's machine. */
export type Admin = Username | undefined;

/** What was asked for holds now. `unchanged`: it did before, as where two admins ask at once, and the other one was first. */
export interface Deed {
  readonly account: AdminAccount;
  readonly unchanged?: true;
}

type Changed = Pick<Account, 'key' | 'username'> & { readonly isChanged: boolean };

const PAGE_DEFAULT = 50;

export class Administration {
  constructor(private readonly options: AdministrationOptions) {}

  /** One page of all accounts but guests'. `more`: another one follows. */
  async list({ q, after, limit = PAGE_DEFAULT, state }: ListAccounts): Promise<[AdminAccount[], more: boolean]> {
    const found = await this.options.store.accounts.listAll({
      part: q?.toLowerCase(),
      after: after ? userKey(after as Username) : undefined,
      limit: limit + 1,
      state: state === '' ? undefined : state,
    });
    return [found.slice(0, limit).map((account) => this.#record(account)), found.length > limit];
  }

  /** Errors: unknown_user. */
  async find(name: Username) {
    const { store, deviceDetails } = this.options;
    const account = await this.#account(name);
    const sessions = await store.sessions.ofUser(account.key);
    return {
      account: await this.#recordOf(account.key),
      sessions: sessions.length,
      devices: await deviceDetails.list(account.username),
    };
  }

  /** Nobody gets in with the account, and its peers leave; the rest stays as it is. Errors: unknown_user, last_admin. */
  async disable(by: Admin, name: Username): Promise<Deed> {
    const changed = await this.#change(by, 'disable', name, { state: 'disabled' });
    // At once: a session that is opened meanwhile opens nothing, as the account is disabled already.
    await this.options.sessions.closeAll(changed.key);
    return this.#deed(changed);
  }

  /** Disabled, removed or pending before: used from now on. Errors: unknown_user. */
  async enable(by: Admin, name: Username): Promise<Deed> {
    const { state } = await this.#account(name);
    return this.#deed(await this.#change(by, state === 'pending' ? 'approve' : 'enable', name, { state: 'used' }));
  }

  /**
   * Its devices are revoked for good, and it leaves all channels. The name stays taken, so that nobody else comes in its place.
   * What was half done is done when it is asked for again. Errors: unknown_user, last_admin.
   */
  async remove(by: Admin, name: Username): Promise<Deed> {
    const { store, sessions, devices, resets } = this.options;
    const changed = await this.#change(by, 'remove', name, { state: 'removed' });
    const { key, username } = changed;
    await sessions.closeAll(key);
    await resets.end(key);
    let isChanged = false;
    for (const { device, revoked } of await store.devices.ofUser(key))
      if (!revoked && (await devices.revoke(username, device)).isNew) isChanged = true;
    for (const channel of await store.channels.ofUser(key))
      if (await store.channels.leave(channel, key, username)) isChanged = true;
    // It is in the log already, unless it was half done before.
    return changed.isChanged ? this.#deed(changed) : this.#done(by, 'remove', { key, username, isChanged });
  }

  /** All sessions end, and no device is let in without the password. Errors: unknown_user. */
  async endSessions(by: Admin, name: Username): Promise<Deed> {
    const { key, username } = await this.#account(name);
    await this.options.accounts.endSignIns(key);
    await this.options.resets.end(key);
    await this.options.sessions.closeAll(key);
    return this.#done(by, 'end_sessions', { key, username, isChanged: true });
  }

  /** For good. Errors: unknown_user, not_found, forbidden for another user's device. */
  async revokeDevice(by: Admin, name: Username, device: DeviceId): Promise<Deed> {
    const { key, username } = await this.#account(name);
    const { isNew } = await this.options.devices.revoke(username, device);
    return this.#done(by, 'revoke_device', { key, username, isChanged: isNew }, device);
  }

  /** Errors: unknown_user, last_admin. */
  async setAdmin(by: Admin, name: Username, admin: boolean): Promise<Deed> {
    const { guest, state } = await this.#account(name);
    if (admin && (guest !== undefined || state !== undefined)) {
      const text =
        'A guest, or an account that is not used, cannot be an admin. Enable it first, or choose another one.';
      throw new ParleyError('bad_request', text);
    }
    return this.#deed(await this.#change(by, admin ? 'make_admin' : 'remove_admin', name, { admin }));
  }

  /** A code with which the user chooses a new password, once. Errors: unknown_user, bad_request for a guest. */
  async makeReset(by: Admin, name: Username): Promise<{ code: string; expires: number }> {
    const { resets, audit } = this.options;
    const { key, username, guest, state } = await this.#account(name);
    if (guest !== undefined || state === 'removed') {
      throw new ParleyError(
        'bad_request',
        'That account has no password to reset. Choose another one, or enable it first.',
      );
    }
    const made = await resets.make(key, username);
    await audit.add(by, 'reset_link', username);
    return made;
  }

  /**
   * A new password by such a code: all sessions of before end, and devices need it once. The code is used up by what writes the password,
   * and by nothing else. Errors: reset_over, bad_password, unavailable.
   */
  async useReset(code: string, password: string): Promise<Username> {
    const { accounts, sessions, resets, audit } = this.options;
    accounts.checkNewPassword(password);
    const { user, used } = await resets.check(code);
    const account = await accounts.find(user);
    if (!account) throw new ParleyError('reset_over');
    const { username } = account;
    const isSet = await accounts.resetPassword(account, password, [
      used,
      audit.entry(username, 'reset_password', username),
    ]);
    if (!isSet) throw new ParleyError('reset_over');
    await sessions.closeAll(user);
    return username;
  }

  /** Errors: forbidden when there are too many. */
  async makeInvite(by: Admin, wanted: MakeInvite): Promise<InviteRecord> {
    const { invites, audit } = this.options;
    const made = await invites.make(by, wanted);
    await audit.add(by, 'make_invite', undefined, `for ${wanted.uses}, ${wanted.days} days`);
    return made;
  }

  /** Errors: not_found. */
  async revokeInvite(by: Admin, id: string): Promise<InviteRecord> {
    const { invites, audit } = this.options;
    const revoked = await invites.revoke(id);
    await audit.add(by, 'revoke_invite', undefined, `of ${revoked.created.slice(0, 10)}, used ${revoked.used} times`);
    return revoked;
  }

  /** Errors: forbidden, unavailable. */
  async changeSettings(by: Admin, patch: Partial<EditableSettings>): Promise<void> {
    const changed = await this.options.settings.change(patch);
    for (const [key, value] of Object.entries(changed))
      await this.options.audit.add(by, 'change_setting', key, String(value).slice(0, 100));
  }

  /** The entry of the audit log is written together with the change. */
  async #change(by: Admin, action: string, name: Username, change: AccountChange): Promise<Changed> {
    const { store, clock, audit } = this.options;
    const { key, username } = await this.#account(name);
    const entry = audit.entry(by, action, username);
    const outcome = await store.accounts.change(key, change, clock.now(), [entry]);
    if (outcome === 'last_admin') throw new ParleyError('last_admin');
    if (outcome === 'unknown') throw new ParleyError('unknown_user');
    return { key, username, isChanged: outcome === 'changed' };
  }

  async #done(by: Admin, action: string, changed: Changed, detail?: string): Promise<Deed> {
    if (changed.isChanged) await this.options.audit.add(by, action, changed.username, detail);
    return this.#deed(changed);
  }

  async #deed({ key, isChanged }: Changed): Promise<Deed> {
    const account = await this.#recordOf(key);
    return isChanged ? { account } : { account, unchanged: true };
  }

  async #account(name: Username): Promise<Account> {
    const account = await this.options.store.accounts.find(userKey(name));
    if (!account) throw new ParleyError('unknown_user');
    return account;
  }

  async #recordOf(key: UserKey): Promise<AdminAccount> {
    const { accounts } = this.options.store;
    const account = await accounts.find(key);
    if (!account) throw new ParleyError('unknown_user');
    return this.#record({ ...account, admin: account.admin === true, lastSeen: await accounts.lastSeen(key) });
  }

  #record({ key, username, created, lastSeen, state, admin }: AnyAccount): AdminAccount {
    const online = this.options.directory.keysOf(key).length > 0;
    const seen = lastSeen === undefined ? {} : { last_seen: new Date(lastSeen).toISOString() };
    return { username, created: new Date(created).toISOString(), ...seen, state: state ?? 'used', admin, online };
  }
}
