/** The parts of trust together, given what the peer has; links, tracker and core come later than they do. */
import { verify } from 'node:crypto';
import type { DeviceId, UserKey, Username } from '../../protocol/ids.js';
import type { Identity } from '../identity/identity.js';
import type { Clock, Log } from '../services.js';
import type { Document } from '../settings/document.js';
import type { NoticeBoard } from '../settings/notice-board.js';
import { PinBook } from '../settings/pin-book.js';
import type { Settings } from '../settings/settings.js';
import type { Store } from '../store/store.js';
import { KnownDevices } from './known-devices.js';
import { Revocations } from './revocations.js';
import { TrustBook, type TrustOptions } from './trust.js';

export interface TrustParts {
  readonly identity: Identity;
  readonly store: Store;
  readonly settings: Document<Settings>;
  readonly notices: NoticeBoard;
  readonly clock: Clock;
  readonly log: Log;
  readonly links: TrustOptions['links'];
  readonly tracker: () => TrustOptions['tracker'];
  /** Undefined before this device is certified. */
  readonly core: () => { addCertificate(pem: string): void; devicesChanged(username: Username): void } | undefined;
  /** Whether a user is verified may have changed. */
  readonly changed: (username: Username) => void;
}

export interface OpenTrust {
  readonly book: TrustBook;
  readonly pins: PinBook;
  revoked(device: DeviceId): boolean;
  /** What the core asks. */
  readonly forCore: {
    readonly seen: TrustBook['seen'];
    readonly revokedAt: (device: DeviceId) => number | undefined;
    readonly devicesOf: (user: UserKey) => DeviceId[];
    readonly lookUp: (user: UserKey) => void;
  };
}

export function openTrust(parts: TrustParts): OpenTrust {
  const { identity, store, settings, notices, clock, log, links, core, changed } = parts;
  const self = { username: identity.username, device: identity.device };
  const revocations = new Revocations({
    shelf: {
      load: () => store.revocations.load(),
      save: (revocation) => {
        try {
          store.revocations.save(revocation);
        } catch (err) {
          log.warn(
            { err, device: revocation.device },
            'a revocation could not be saved; it counts until the next start',
          );
        }
      },
    },
    hasFormer: identity.formers.length > 0,
    signed: (bytes, signature) => {
      const { authority } = identity;
      return authority !== undefined && verify(null, bytes, authority.publicKey, signature);
    },
  });
  const devices = new KnownDevices({
    load: () => store.certificates.devices(),
    revoked: (device) => revocations.has(device),
    now: () => clock.now(),
  });
  const pins: PinBook = new PinBook({
    store: settings,
    raise: (notice) => notices.raise(notice),
    self: self.username,
    safetyNumber: (username) => book.knownNumber(username),
    changed,
  });
  const book: TrustBook = new TrustBook({
    self,
    devices,
    revocations,
    pins,
    notices,
    certificate: (device) => store.certificates.pems(device)[0],
    links,
    tracker: {
      devices: (username) => parts.tracker().devices(username),
      revoke: (device) => parts.tracker().revoke(device),
    },
    now: () => clock.now(),
    addCertificate: (pem) => core()?.addCertificate(pem),
    devicesChanged: (username) => core()?.devicesChanged(username),
    log,
  });
  return {
    book,
    pins,
    revoked: (device) => revocations.has(device),
    forCore: {
      seen: (certificate) => book.seen(certificate),
      revokedAt: (device) => revocations.at(device),
      devicesOf: (user) => devices.active(user),
      lookUp: (user) => book.lookUpSoon(user),
    },
  };
}
