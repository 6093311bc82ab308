import { ParleyError } from '../protocol/errors.js';
import { sameUser, userKey, type DeviceId, type Username } from '../protocol/ids.js';
import type { Revocation } from '../protocol/revocation.js';
import type { DeviceRecord } from '../protocol/tracker-api.js';
import type { Authority } from './authority.js';
import type { Clock } from './clock.js';
import type { Device, DeviceStore, LineageState } from './store/tracker-store.js';

export interface DevicesOptions {
  store: DeviceStore;
  authority: Pick<Authority, 'check' | 'issue' | 'revocation'>;
  clock: Clock;
  maxPerUser: number;
}

/** Every peer gets these with its snapshot. Peers tell each other of older ones. */
const REVOCATIONS_MAX = 1_000;

/** Where a device stood, and the lineage that it says it has: whether it goes on from there, and what is kept of it then. */
export function follow(
  known: LineageState | undefined,
  lineage: readonly string[],
): { word: 'continues' | 'diverged'; kept: LineageState | undefined } {
  const [mark] = lineage;
  if (known && !lineage.includes(known.mark)) return { word: 'diverged', kept: { ...known, copied: true } };
  if (mark === undefined || known?.mark === mark) return { word: 'continues', kept: known };
  return { word: 'continues', kept: { mark, copied: known?.copied ?? false } };
}

/** Which device belongs to which user, and their certificates (SPEC.md section 3). */
export class Devices {
  #revocations: readonly Revocation[] = [];
  /** Devices that have not been told yet that a copy of them was seen. */
  readonly #copied = new Set<DeviceId>();

  private constructor(private readonly options: DevicesOptions) {}

  static async open(options: DevicesOptions): Promise<Devices> {
    const devices = new Devices(options);
    const revoked = await options.store.revoked(REVOCATIONS_MAX);
    devices.#revocations = await Promise.all(
      revoked.map(({ device, revokedAt }) => options.authority.revocation(device, revokedAt)),
    );
    return devices;
  }

  /** The latest ones, newest first. */
  revocations(): readonly Revocation[] {
    return this.#revocations;
  }

  /**
   * Registers the device of a certificate request, or renews its certificate. `claimed` is the device that the peer says
   * it is. Errors: bad_csr, device_taken, device_revoked, forbidden when the account has too many.
   */
  async certify(username: Username, csr: string, claimed: DeviceId | undefined) {
    const { store, authority, clock, maxPerUser } = this.options;
    const request = await authority.check(csr, username);
    if (claimed !== undefined && claimed !== request.device) throw new ParleyError('bad_csr');
    const known = await this.check(username, request.device);
    const user = userKey(username);
    if (!known && (await store.ofUser(user)).length >= maxPerUser) {
      throw new ParleyError('forbidden', `This account has ${maxPerUser} devices, which is the most.`);
    }
    const certificate = await authority.issue(request, username);
    const { device } = request;
    const stored = await store.put({ device, user, username, certificate, created: known?.created ?? clock.now() });
    // It was registered or revoked meanwhile: this throws the error that fits.
    if (!stored) await this.check(username, device);
    return { device, certificate };
  }

  /** The device where it is registered, and to this user. Errors: device_taken, device_revoked. */
  async check(username: Username, device: DeviceId): Promise<Device | undefined> {
    const known = await this.options.store.find(device);
    if (known && !sameUser(known.username, username)) throw new ParleyError('device_taken');
    if (known?.revoked) throw new ParleyError('device_revoked');
    return known;
  }

  /**
   * Whether a device continues from its last known state: its lineage then contains the latest mark that the tracker knows.
   * Otherwise the caller is a copy of the device, or the device was restored from an old backup; the device itself is told.
   * The device must be registered.
   */
  async checkLineage(device: DeviceId, lineage: readonly string[]): Promise<'continues' | 'diverged'> {
    const { store } = this.options;
    const known = await store.lineage(device);
    const { word, kept } = follow(known, lineage);
    if (kept?.copied) this.#copied.add(device);
    if (kept && kept !== known) await store.setLineage(device, kept);
    return word;
  }

  /** Whether the device is to be told now that a copy of it was seen. True only once for each copy. */
  async takeCopyNotice(device: DeviceId): Promise<boolean> {
    if (!this.#copied.delete(device)) return false;
    const known = await this.options.store.lineage(device);
    if (known) await this.options.store.setLineage(device, { ...known, copied: false });
    return true;
  }

  /** Oldest first, revoked ones too. */
  async list(username: Username): Promise<DeviceRecord[]> {
    const devices = await this.options.store.ofUser(userKey(username));
    const { authority } = this.options;
    return Promise.all(
      devices.map(async ({ device, username: owner, certificate, created, revoked, revokedAt }) => ({
        device,
        username: owner,
        certificate,
        created: new Date(created).toISOString(),
        revoked,
        ...(revokedAt === undefined ? {} : { revocation: await authority.revocation(device, revokedAt) }),
      })),
    );
  }

  /** Permanent: a revoked device gets no certificate again. To repeat it changes nothing. Errors: not_found, forbidden. */
  async revoke(username: Username, device: DeviceId): Promise<Revocation> {
    const { store, authority, clock } = this.options;
    const known = await store.find(device);
    if (!known) throw new ParleyError('not_found', 'There is no such device here. Check its id.');
    if (!sameUser(known.username, username)) throw new ParleyError('forbidden');
    await store.revoke(device, clock.now());
    const revocation = await authority.revocation(device, (await store.find(device))?.revokedAt ?? clock.now());
    const others = this.#revocations.filter((other) => other.device !== device);
    this.#revocations = [revocation, ...others].slice(0, REVOCATIONS_MAX);
    return revocation;
  }
}
