/** The user's account: one daemon, one user. Signs in at the tracker, or, while it is away, against what it once accepted. */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
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
  readonly hash: { get(): string | undefined; set(hash: string): void };
}

/** The account of a daemon: `secrets` keep the hash of the password that the tracker last accepted. */
export function localAccount(parts: {
  readonly identity: { readonly username: Username; readonly device: DeviceId };
  readonly secrets: Document<Secrets>;
  readonly tracker: AccountOptions['tracker'];
  readonly ready: () => boolean;
  readonly whenReady: () => Promise<void>;
}): LocalAccount {
  const { identity, secrets, tracker, ready, whenReady } = parts;
  return new LocalAccount({
    username: () => identity.username,
    device: identity.device,
    ready,
    whenReady,
    tracker,
    hash: {
      get: () => secrets.data.passwordHash,
      set: (hash) =>
        secrets.update((data) => {
          data.passwordHash = hash;
        }),
    },
  });
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
      const away = isParleyError(error) && error.code === 'tracker_unreachable';
      if (!away || register || known === undefined || !this.ready) throw error;
      if (await argon2.verify(known, password)) return;
      throw new ParleyError('invalid_credentials');
    }
    hash.set(await argon2.hash(password, { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }));
    await whenReady();
  }
}
