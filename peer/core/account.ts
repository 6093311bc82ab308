/** The user's account: one daemon, one user. Signs in at the tracker, or, while it is away, against what it once accepted. */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { hashedForm, passwordForms } from '../../protocol/password.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Account } from '../services.js';
import type { Document } from '../settings/document.js';
import type { Secrets } from '../settings/secrets.js';

export interface AccountOptions {
  readonly username: () => Username;
  readonly device: DeviceId;
  readonly ready: () => boolean;
  /** Resolves when the daemon has its certificate; rejects with the reason when that takes too long. */
  readonly whenReady: () => Promise<void>;
  readonly tracker: { login(password: string, register: boolean): Promise<void> };
  /** Goes on with a tracker that was set up anew. */
  readonly accept: (ca: string, password: string, register: boolean) => Promise<void>;
  readonly hash: { get(): string | undefined; set(hash: string): void };
}

/** The account of a daemon: `secrets` keep the hash of the password that the tracker last accepted. */
export function localAccount(parts: {
  readonly identity: { readonly username: Username; readonly device: DeviceId };
  readonly secrets: Document<Secrets>;
  readonly tracker: AccountOptions['tracker'];
  readonly ready: () => boolean;
  readonly whenReady: () => Promise<void>;
  readonly accept: AccountOptions['accept'];
}): LocalAccount {
  const { identity, secrets, tracker, ready, whenReady, accept } = parts;
  return new LocalAccount({
    username: () => identity.username,
    device: identity.device,
    ready,
    whenReady,
    tracker,
    accept,
    hash: {
      get: () => secrets.data.passwordHash,
      set: (hash) =>
        secrets.update((data) => {
          data.passwordHash = hash;
        }),
    },
  });
}

type Verify = (hash: string, password: string) => Promise<boolean>;

/** In whatever form it was hashed here, now or before passwords had one form. */
async function verifies(verify: Verify, hash: string, password: string): Promise<boolean> {
  for (const form of passwordForms(password)) if (await verify(hash, form)) return true;
  return false;
}

export class LocalAccount implements Account {
  constructor(private readonly options: AccountOptions) {}

  get username(): Username {
    return this.options.username();
  }

  get device(): DeviceId {
    return this.options.device;
  }

  get ready(): boolean {
    return this.options.ready();
  }

  async login(password: string, register: boolean): Promise<void> {
    const { tracker, hash, whenReady } = this.options;
    // Loaded at the first sign-in: a daemon that is signed in starts without it.
    const argon2 = await import('@node-rs/argon2');
    try {
      await tracker.login(password, register);
    } catch (error) {
      const known = hash.get();
      if (!isParleyError(error) || register || known === undefined) throw error;
      const { code } = error;
      if (code !== 'invalid_credentials' && (code !== 'tracker_unreachable' || !this.ready)) throw error;
      if (!(await verifies(argon2.verify, known, password))) throw new ParleyError('invalid_credentials');
      // It was right once. Only the person can know what has become of it since.
      if (code === 'invalid_credentials') throw new ParleyError('account_unknown');
      return;
    }
    hash.set(await argon2.hash(hashedForm(password), { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }));
    await whenReady();
  }

  async accept(ca: string, password: string, register: boolean): Promise<void> {
    await this.options.accept(ca, password, register);
  }
}
