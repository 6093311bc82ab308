/** Every device whose certificate of the pinned CA has been seen here, by user: what receipts and safety numbers count. */
import { userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';

export interface SeenDevice {
  readonly device: DeviceId;
  readonly username: Username;
  /** Until when its newest certificate counts, in milliseconds since 1970. */
  readonly notAfter: number;
}

export interface KnownDevicesOptions {
  /** What was seen in earlier lives. */
  readonly load: () => Iterable<SeenDevice>;
  readonly revoked: (device: DeviceId) => boolean;
  readonly now: () => number;
}

export class KnownDevices {
  readonly #options: KnownDevicesOptions;
  #users: Map<UserKey, Map<DeviceId, SeenDevice>> | undefined;
  readonly #owners = new Map<DeviceId, Username>();

  constructor(options: KnownDevicesOptions) {
    this.#options = options;
  }

  seen(device: SeenDevice): void {
    this.#keep(this.#all(), device);
  }

  /** The user that its certificate names. */
  owner(device: DeviceId): Username | undefined {
    this.#all();
    return this.#owners.get(device);
  }

  /** All of a user's that are not revoked, sorted. */
  of(user: Username | UserKey): DeviceId[] {
    const devices = this.#all().get(userKey(user))?.keys() ?? [];
    return [...devices].filter((device) => !this.#options.revoked(device)).sort();
  }

  /** Those of them whose certificate has not run out: who has not been here for a month keeps no receipt waiting. */
  active(user: Username | UserKey): DeviceId[] {
    const now = this.#options.now();
    const devices = this.#all().get(userKey(user))?.values() ?? [];
    return [...devices]
      .filter(({ device, notAfter }) => notAfter >= now && !this.#options.revoked(device))
      .map(({ device }) => device);
  }

  #all(): Map<UserKey, Map<DeviceId, SeenDevice>> {
    if (this.#users) return this.#users;
    const users = (this.#users = new Map<UserKey, Map<DeviceId, SeenDevice>>());
    for (const device of this.#options.load()) this.#keep(users, device);
    return users;
  }

  #keep(users: Map<UserKey, Map<DeviceId, SeenDevice>>, seen: SeenDevice): void {
    const { device, username, notAfter } = seen;
    const key = userKey(username);
    let devices = users.get(key);
    if (!devices) users.set(key, (devices = new Map<DeviceId, SeenDevice>()));
    const known = devices.get(device);
    if (!known || known.notAfter < notAfter) devices.set(device, seen);
    this.#owners.set(device, username);
  }
}
