/** The user's account: one daemon, one user. Signs in at the tracker, or, while it is away, against what it once accepted. */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { hashedForm, passwordForms } from '../../protocol/password.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Account } from '../services.js';
import type { Document } from '../settings/document.js';
import type { Secrets } from '../settings/secrets.js';
import { wasNotSent } from '../tracker-client/failures.js';
import type { TrackerClient } from '../tracker-client/tracker-client.js';
import type { Certification } from './certification.js';

export interface AccountParts {
  readonly identity: { readonly username: Username; readonly device: DeviceId };
  /** They keep the hash of the password that the tracker last accepted. */
  readonly secrets: Pick<Document<Secrets>, 'data' | 'update'>;
  readonly tracker: Pick<TrackerClient, 'changePassword' | 'login' | 'signOutEverywhere'>;
  readonly certification: Pick<Certification, 'done' | 'wait'>;
  /** Goes on with a tracker that was set up anew: as `Account.accept` says. */
  accept(ca: string, password: string, register: boolean): Promise<void>;
}

type Verify = (hash: string, password: string) => Promise<boolean>;

/** In whatever form it was hashed here, now or before passwords had one form. */
export async function verifies(verify: Verify, hash: string, password: string): Promise<boolean> {
  for (const form of passwordForms(password)) if (await verify(hash, form)) return true;
  return false;
}

export class LocalAccount implements Account {
  constructor(private readonly parts: AccountParts) {}

  get username(): Username {
    return this.parts.identity.username;
  }

  get device(): DeviceId {
    return this.parts.identity.device;
  }

  get ready(): boolean {
    return this.parts.certification.done;
  }

  async login(password: string, register: boolean, invite?: string): Promise<void> {
    const { tracker, secrets, certification } = this.parts;
    try {
      await tracker.login(password, register, invite);
    } catch (error) {
      const known = secrets.data.passwordHash;
      if (!isParleyError(error) || register || known === undefined) throw error;
      const { code } = error;
      if (code !== 'invalid_credentials' && (code !== 'tracker_unreachable' || !this.ready)) throw error;
      const argon2 = await import('@node-rs/argon2');
      if (!(await verifies(argon2.verify, known, password))) throw new ParleyError('invalid_credentials');
      // It was right once. Only the person can know what has become of it since.
      if (code === 'invalid_credentials') throw new ParleyError('account_unknown');
      return;
    }
    await this.#keep(password);
    await certification.wait();
  }

  async changePassword(old: string, next: string, devices: 'stay' | 'sign_out'): Promise<void> {
    try {
      // Asked also where it was away a moment ago: it may be back before this peer has tried again.
      await this.parts.tracker.changePassword({ old, next, devices });
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'tracker_unreachable' || wasNotSent(error)) throw error;
      throw new ParleyError('password_unsure');
    }
    await this.#keep(next);
  }

  async signOutEverywhere(): Promise<void> {
    await this.parts.tracker.signOutEverywhere();
  }

  /** Remembers what the tracker takes, for when it is away. */
  async #keep(password: string): Promise<void> {
    // Loaded when it is needed: a daemon that is signed in starts without it.
    const argon2 = await import('@node-rs/argon2');
    const passwordHash = await argon2.hash(hashedForm(password), {
      memoryCost: 19 * 1024,
      timeCost: 2,
      parallelism: 1,
    });
    this.parts.secrets.update((data) => {
      data.passwordHash = passwordHash;
    });
  }

  async accept(ca: string, password: string, register: boolean): Promise<void> {
    await this.parts.accept(ca, password, register);
  }
}
