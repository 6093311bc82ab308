/** What is known of devices, there before this one is certified: which were revoked, whose they are, which of them are pinned. */
import { verify } from 'node:crypto';
import type { Username } from '../../protocol/ids.js';
import type { Identity } from '../identity/identity.js';
import type { Clock, Log } from '../services.js';
import type { Document } from '../settings/document.js';
import type { NoticeBoard } from '../settings/notice-board.js';
import { PinBook } from '../settings/pin-book.js';
import { ownDeviceNotices } from '../settings/pins.js';
import type { Settings } from '../settings/settings.js';
import type { Store } from '../store/store.js';
import { AccountWords } from './account-words.js';
import { ChannelWords } from './channel-words.js';
import { DeviceNames } from './device-names.js';
import { KnownDevices } from './known-devices.js';
import { Revocations } from './revocations.js';
import { SafetyNumbers } from './safety-numbers.js';

export interface KnownParts {
  readonly identity: Identity;
  readonly store: Store;
  readonly settings: Document<Settings>;
  readonly notices: NoticeBoard;
  readonly clock: Clock;
  readonly log: Log;
  /** The pinned devices of a user have changed, or whether they are verified. */
  readonly verified: (username: Username) => void;
}

export interface Known {
  readonly revocations: Revocations;
  readonly accountWords: AccountWords;
  readonly channelWords: ChannelWords;
  readonly devices: KnownDevices;
  readonly deviceNames: DeviceNames;
  readonly numbers: SafetyNumbers;
  readonly pins: PinBook;
}

export function openKnown({ identity, store, settings, notices, clock, log, verified }: KnownParts): Known {
  const shelf = <S extends object>(kept: { load(): S[]; save(statement: S): void }) => ({
    load: () => kept.load(),
    save: (statement: S): void => {
      try {
        kept.save(statement);
      } catch (err) {
        log.warn({ err, ...statement }, 'what the CA stated could not be saved; it counts until the next start');
      }
    },
  });
  const byCa = {
    hasFormer: identity.formers.length > 0,
    signed: (bytes: Buffer, signature: Buffer): boolean => {
      const { authority } = identity;
      return authority !== undefined && verify(null, bytes, authority.publicKey, signature);
    },
  };
  const revocations = new Revocations({ shelf: shelf(store.stated.revocations), ...byCa });
  const accountWords = new AccountWords({ shelf: shelf(store.stated.accounts), ...byCa });
  const channelWords = new ChannelWords({ shelf: shelf(store.stated.channels), ...byCa });
  const devices = new KnownDevices({
    load: () => store.certificates.devices(),
    revoked: (of) => revocations.has(of),
    now: () => clock.now(),
  });
  const numbers = new SafetyNumbers(identity, devices, store.certificates);
  const deviceNames = new DeviceNames((device, name) => {
    for (const notice of ownDeviceNotices(identity.username, device, name))
      if (notices.list().some(({ id }) => id === notice.id)) notices.raise(notice);
  });
  const pins = new PinBook({
    store: settings,
    raise: (notice) => notices.raise(notice),
    lower: (id) => notices.dismiss(id),
    self: identity.username,
    nameOf: (device) => deviceNames.of(device),
    safetyNumber: (of) => numbers.with(of),
    changed: verified,
  });
  return { revocations, accountWords, channelWords, devices, deviceNames, numbers, pins };
}
