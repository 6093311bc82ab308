/**
 * Who is who, as far as this peer and its user have made sure of it (SPEC.md section 3): devices seen, pins and what they
 * raise, safety numbers, revocations. What belongs to the wire is in `gossip.ts`, what is kept in `revocations.ts`.
 */
import { deviceName } from '../../protocol/device-name.js';
import { isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import { sameUser, userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { DeviceView, SafetyDevice } from '../../protocol/local-api.js';
import type { Revocation } from '../../protocol/revocation.js';
import type { DeviceRecord, TrackerEvent } from '../../protocol/tracker-api.js';
import { SteadyClock } from '../clock/steady-clock.js';
import type { Log, Trust } from '../services.js';
import type { PinBook } from '../settings/pin-book.js';
import type { NewNotice } from '../settings/pins.js';
import { FirstContacts, type FirstContactsOptions } from './first-contacts.js';
import { Gossip, type GossipLink } from './gossip.js';
import type { DeviceNames } from './device-names.js';
import type { KnownDevices, SeenDevice } from './known-devices.js';
import type { Revocations } from './revocations.js';
import type { SafetyNumbers } from './safety-numbers.js';

interface TrustLink extends GossipLink {
  readonly remote: { readonly device: DeviceId };
  close(code?: ErrorCode): void;
}

export interface TrustOptions {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly devices: KnownDevices;
  readonly deviceNames: DeviceNames;
  readonly revocations: Revocations;
  readonly pins: PinBook;
  readonly notices: { raise(notice: NewNotice): void; dismiss(id: string): void };
  readonly numbers: Pick<SafetyNumbers, 'with'>;
  readonly links: { all(): Iterable<TrustLink> };
  readonly tracker: {
    devices(username: Username): Promise<DeviceRecord[]>;
    revoke(device: DeviceId): Promise<Revocation>;
  };
  /** The tracker has listed the user's own devices. */
  readonly ownDevices: (records: readonly DeviceRecord[]) => void;
  readonly names: { rename(device: DeviceId, name: string): Promise<void> };
  /** Checks a certificate against the CA, keeps it, and tells `seen`. @throws ParleyError */
  readonly addCertificate: (pem: string) => void;
  /** The devices that count for a user are others now. */
  readonly devicesChanged: (username: Username, revoked?: DeviceId) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly timers: FirstContactsOptions['timers'];
  readonly log: Log;
}

/** The tracker, or the way to it, is as it is only for now; any other answer is one, and a first contact ends with it. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'tracker_unreachable',
  'unavailable',
  'not_signed_in',
  'session_elsewhere',
  'rate_limited',
]);

const LOOK_UP_MS = 10 * 60_000;
const LOOKED_UP_MAX = 10_000;

export class TrustBook implements Trust {
  readonly #options: TrustOptions;
  readonly #gossip: Gossip<Revocation>;
  readonly #contacts: FirstContacts;
  readonly #lookedUp = new Map<UserKey, number>();

  constructor(options: TrustOptions) {
    this.#options = options;
    this.#gossip = new Gossip(options.revocations, (statements, digest) => ({
      type: 'revoked',
      statements,
      ...(digest !== undefined && { digest }),
    }));
    const steady = new SteadyClock(options);
    this.#contacts = new FirstContacts({
      list: (username) => this.#list(username),
      now: () => steady.now(),
      timers: options.timers,
    });
    if (options.revocations.has(options.self.device)) this.#tellRevokedHere();
  }

  /** A certificate was checked against the CA: on a link, with entries, or from the tracker. */
  seen(certificate: SeenDevice): void {
    const { self, devices, deviceNames, pins, revocations, devicesChanged } = this.#options;
    const { device, username } = certificate;
    devices.seen(certificate);
    if (revocations.has(device)) return;
    if (!pins.knows(username)) this.#contacts.met(username);
    pins.sawDevices(username, [device], [], this.#contacts.isOpen(username));
    devicesChanged(username);
    const isOwn = device !== self.device && sameUser(username, self.username);
    if (isOwn && deviceNames.isToBeAsked(device)) void this.lookUp(username);
  }

  /** Nothing more is asked. */
  close(): void {
    this.#contacts.close();
  }

  up(link: TrustLink): void {
    this.#gossip.up(link);
    // Who dialled may have heard of it between its greeting and the answer.
    if (this.#options.revocations.has(link.remote.device)) link.close('device_revoked');
  }

  down(link: TrustLink): void {
    this.#gossip.down(link);
  }

  /** Takes from a link what is not for the mesh. */
  messages(link: TrustLink, messages: readonly LinkMessage[]): void {
    for (const message of messages) {
      if (message.type !== 'revoked') continue;
      this.learn(message.statements);
      this.#gossip.heard(link, message);
    }
  }

  heard(event: TrackerEvent): void {
    if (event.type === 'snapshot') {
      this.learn(event.revoked ?? []);
      this.#contacts.look();
    } else if (event.type === 'device_revoked') this.learn([event.revocation]);
  }

  /** Believes what the CA signed, acts on it, and hands it on. */
  learn(statements: readonly Revocation[]): void {
    const { revocations, devices, pins, links, self, devicesChanged, log } = this.#options;
    const fresh = revocations.learn(statements);
    if (fresh.length === 0) return;
    for (const { device, time } of fresh) {
      log.info({ device, time }, 'a device was revoked');
      const owner = devices.owner(device);
      if (device === self.device) this.#tellRevokedHere();
      else if (owner !== undefined) pins.sawDevices(owner, [], [device]);
      if (owner !== undefined) devicesChanged(owner, device);
    }
    const revoked = new Set(fresh.map(({ device }) => device));
    const all = [...links.all()];
    // The device itself too: its user should know why nobody listens any more.
    this.#gossip.tell(all, fresh);
    for (const link of all) if (revoked.has(link.remote.device)) link.close('device_revoked');
  }

  async safetyNumber(username: Username): Promise<{ number: string; devices: SafetyDevice[] }> {
    const { self, numbers } = this.#options;
    if (sameUser(username, self.username)) {
      throw new ParleyError('bad_request', 'A safety number is between two users. Choose another one.');
    }
    await Promise.all([this.lookUp(username), this.lookUp(self.username)]);
    const number = numbers.with(username);
    if (number === undefined) throw notSeen(username);
    return { number, devices: [...this.#devicesOf(self.username), ...this.#devicesOf(username)] };
  }

  async verify(username: Username, verified: boolean, number: string | undefined): Promise<void> {
    const { pins, notices, devices, numbers } = this.#options;
    const now = numbers.with(username);
    if (now === undefined) throw notSeen(username);
    if (number !== undefined && number.replaceAll(/\D/g, '') !== now) {
      throw new ParleyError('bad_request', 'The safety number has changed meanwhile. Look at it and compare again.');
    }
    pins.setVerified(username, verified);
    this.#contacts.end(username);
    if (!verified) return;
    for (const device of devices.of(username)) notices.dismiss(`device_added:${device}`);
    notices.dismiss(`verification_reset:${username.toLowerCase()}`);
  }

  async devices(): Promise<DeviceView[]> {
    const { self, devices, revocations, tracker } = this.#options;
    try {
      const records = await tracker.devices(self.username);
      this.#take(self.username, records);
      return records.map((record) => ({
        ...{ device: record.device, current: record.device === self.device, revoked: record.revoked },
        ...(record.revocation ? { revokedAt: record.revocation.time } : {}),
        ...this.#named(record.device),
        ...drawn(record),
      }));
    } catch (error) {
      if (!isParleyError(error)) throw error;
      const known = new Set([self.device, ...devices.of(self.username)]);
      return [...known].map((device) => ({
        device,
        current: device === self.device,
        revoked: revocations.has(device),
        ...this.#named(device),
      }));
    }
  }

  async rename(device: DeviceId, name: string): Promise<void> {
    const { names, self } = this.#options;
    await names.rename(device, name);
    await this.lookUp(self.username);
  }

  /** What the user calls a device of theirs. Where that is not known the tracker is asked, and it is known a moment later. */
  nameOf(device: DeviceId): string | undefined {
    const name = this.#options.deviceNames.of(device);
    if (name === undefined) this.lookUpSoon(userKey(this.#options.self.username));
    return name;
  }

  async revoke(device: DeviceId): Promise<void> {
    this.learn([await this.#options.tracker.revoke(device)]);
  }

  /** As `lookUp`, now and then: without it a receipt would not wait for a device that was never heard of. */
  lookUpSoon(user: UserKey): void {
    const now = this.#options.now();
    const last = this.#lookedUp.get(user);
    if (last !== undefined && now - last < LOOK_UP_MS) return;
    if (this.#lookedUp.size >= LOOKED_UP_MAX) this.#lookedUp.clear();
    this.#lookedUp.set(user, now);
    void this.lookUp(user as string as Username);
  }

  /** Learns from the tracker which devices a user has; while it is away, what is known here has to do. */
  async lookUp(username: Username): Promise<void> {
    await this.#list(username);
  }

  /** @returns whether the tracker has answered, be it with a refusal */
  async #list(username: Username): Promise<boolean> {
    try {
      this.#take(username, await this.#options.tracker.devices(username));
      return true;
    } catch (error) {
      if (!isParleyError(error)) throw error;
      this.#options.log.debug({ code: error.code, username }, 'the tracker did not list devices');
      if (PASSING.has(error.code)) return false;
      this.#contacts.end(username);
      return true;
    }
  }

  /** The tracker's word counts by the signatures of its CA: what is not of it is left out. */
  #take(username: Username, records: readonly DeviceRecord[]): void {
    const { self, deviceNames, addCertificate, log } = this.#options;
    // First, for the notices of what comes.
    if (sameUser(username, self.username)) deviceNames.learn(records);
    this.learn(records.flatMap(({ revocation }) => revocation ?? []));
    for (const { certificate, revoked, device } of records) {
      if (revoked) continue;
      try {
        addCertificate(certificate);
      } catch (error) {
        if (!isParleyError(error)) throw error;
        log.warn({ device, code: error.code }, 'the tracker lists a device with a certificate that is not of its CA');
      }
    }
    this.#contacts.end(username);
    if (sameUser(username, self.username)) this.#options.ownDevices(records);
  }

  #named(device: string): { name?: string } {
    const name = this.#options.deviceNames.of(device as DeviceId);
    return name === undefined ? {} : { name };
  }

  #devicesOf(username: Username): SafetyDevice[] {
    return this.#options.devices.of(username).map((device) => ({ username, device }));
  }

  #tellRevokedHere(): void {
    this.#options.notices.raise({
      id: 'device_revoked_here',
      level: 'error',
      code: 'device_revoked',
      text:
        'This device has been revoked: the others refuse it, and nothing that it writes reaches them. To go on here, start ' +
        'with a new --data-dir and sign in.',
    });
  }
}

/** A tracker may be hostile: what it says is a line that can be seen, or a time, or nothing. */
function drawn({ created, platform, seen }: DeviceRecord): Pick<DeviceView, 'created' | 'platform' | 'seen'> {
  const isTime = (said = ''): boolean => Number.isFinite(Date.parse(said));
  const line = deviceName(platform ?? '');
  return {
    ...(isTime(created) && { created }),
    ...(line !== undefined && { platform: line }),
    ...(isTime(seen) && { seen }),
  };
}

function notSeen(username: Username): ParleyError {
  const text = `No device of ${username} has been seen yet. Wait until ${username} has been online, then try again.`;
  return new ParleyError('unknown_user', text);
}
