import { X509Certificate } from 'node:crypto';
import { ParleyError } from '../protocol/errors.js';
import { sameUser, userKey, type DeviceId, type UserKey, type Username } from '../protocol/ids.js';
import type { Revocation } from '../protocol/revocation.js';
import type { DeviceRecord } from '../protocol/tracker-api.js';
import type { Authority } from './authority.js';
import type { Clock } from './clock.js';
import { DAY_MS, dayWait, inTime, RateLimited, type DailyLimits } from './daily-limits.js';
import type { Device, DeviceStore, LineageState, RevokedDevice } from './store/tracker-store.js';

export interface DevicesOptions {
  store: DeviceStore;
  authority: Pick<Authority, 'certificate' | 'check' | 'issue' | 'revocation'>;
  clock: Clock;
  /** Of one account: devices in all, and new ones in a day; certificates in a day. */
  maxPerUser: number;
  maxADay: number;
  maxIssuedADay: number;
  daily: Pick<DailyLimits, 'take'>;
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

/** For a day more, and by this CA. PEM. */
function isValid(certificate: string, ca: string, now: number): boolean {
  const x509 = new X509Certificate(certificate);
  const times = Date.parse(x509.validFrom) <= now && Date.parse(x509.validTo) > now + DAY_MS;
  return times && x509.verify(new X509Certificate(ca).publicKey);
}

/** Which device belongs to which user, and their certificates (SPEC.md section 3). */
export class Devices {
  #revocations: readonly Revocation[] = [];
  /** Devices that have not been told yet that a copy of them was seen. */
  readonly #copied = new Set<DeviceId>();
  /** Revocations that are being signed. */
  readonly #signing = new Map<DeviceId, Promise<void>>();
  readonly #listeners = new Set<(revoked: RevokedDevice, revocation: Revocation) => void>();

  private constructor(private readonly options: DevicesOptions) {}

  static async open(options: DevicesOptions): Promise<Devices> {
    const devices = new Devices(options);
    // First, so that none is missed that is made meanwhile.
    options.store.watch((change) => {
      const signed = devices.#addRevocation(change).finally(() => devices.#signing.delete(change.device));
      devices.#signing.set(change.device, signed);
    });
    const revoked = await options.store.revoked(REVOCATIONS_MAX);
    const known = await Promise.all(
      revoked.map(({ device, revokedAt }) => options.authority.revocation(device, revokedAt)),
    );
    devices.#revocations = withOthers(devices.#revocations, known);
    return devices;
  }

  /** The latest ones, newest first. */
  revocations(): readonly Revocation[] {
    return this.#revocations;
  }

  /**
   * Registers the device of a certificate request, or renews its certificate. `claimed` is the device that the peer says
   * it is. Errors: bad_csr, device_taken, device_revoked, forbidden when the account has too many, rate_limited.
   */
  async certify(username: Username, csr: string, claimed: DeviceId | undefined) {
    const { store, authority, clock } = this.options;
    const request = await authority.check(csr, username);
    if (claimed !== undefined && claimed !== request.device) throw new ParleyError('bad_csr');
    const known = await this.check(username, request.device);
    const user = userKey(username);
    const { device } = request;
    if (!known) await this.#mayAdd(user);
    const issued = await this.#mayIssue(user, known);
    if (issued !== undefined) return { device, certificate: issued };
    const certificate = await authority.issue(request, username);
    const stored = await store.put({ device, user, username, certificate, created: known?.created ?? clock.now() });
    // It was registered or revoked meanwhile: this throws the error that fits.
    if (!stored) await this.check(username, device);
    return { device, certificate };
  }

  /** Errors: forbidden, rate_limited. */
  async #mayAdd(user: UserKey): Promise<void> {
    const { store, clock, maxPerUser, maxADay } = this.options;
    const times = (await store.ofUser(user)).map(({ created }) => created);
    if (times.length >= maxPerUser) {
      throw new ParleyError('forbidden', `This account has ${maxPerUser} devices, which is the most.`);
    }
    const wait = dayWait(times, maxADay, clock.now());
    if (wait === 0) return;
    const text = `This account has ${maxADay} new devices within a day, which is the most. Add this one ${inTime(wait)}.`;
    throw new RateLimited(text, wait);
  }

  /**
   * Counts a certificate. Beyond the limit of the day a device gets the one that it has, while that is valid: a peer asks
   * whenever it connects, and many connections are no reason to be offline. Errors: rate_limited.
   */
  async #mayIssue(user: UserKey, known: Device | undefined): Promise<string | undefined> {
    const { authority, clock, daily, maxIssuedADay } = this.options;
    const wait = await daily.take(user, 'certificate', maxIssuedADay);
    if (wait === 0) return undefined;
    if (known && isValid(known.certificate, authority.certificate, clock.now())) return known.certificate;
    const text = `This account has had ${maxIssuedADay} certificates today, which is the most. Try again ${inTime(wait)}.`;
    throw new RateLimited(text, wait);
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

  /** Permanent: a revoked device gets no certificate again. To repeat it changes nothing (`isNew`). Errors: not_found, forbidden. */
  async revoke(username: Username, device: DeviceId): Promise<{ revocation: Revocation; isNew: boolean }> {
    const { store, authority, clock } = this.options;
    const known = await store.find(device);
    if (!known) throw new ParleyError('not_found', 'There is no such device here. Check its id.');
    if (!sameUser(known.username, username)) throw new ParleyError('forbidden');
    const isNew = await store.revoke(device, clock.now());
    await this.#signing.get(device);
    const since = (await store.find(device))?.revokedAt ?? clock.now();
    return { revocation: await authority.revocation(device, since), isNew };
  }

  /** `listener` hears of each device that is revoked, at whichever node. */
  watch(listener: (revoked: RevokedDevice, revocation: Revocation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #addRevocation(revoked: RevokedDevice): Promise<void> {
    const revocation = await this.options.authority.revocation(revoked.device, revoked.revokedAt);
    this.#revocations = withOthers([revocation], this.#revocations);
    for (const listener of this.#listeners) listener(revoked, revocation);
  }
}

/** Each device once, and at most REVOCATIONS_MAX. */
function withOthers(newer: readonly Revocation[], others: readonly Revocation[]): readonly Revocation[] {
  const devices = new Set(newer.map(({ device }) => device));
  return [...newer, ...others.filter(({ device }) => !devices.has(device))].slice(0, REVOCATIONS_MAX);
}
