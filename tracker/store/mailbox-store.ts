import type { ChannelName, DeviceId, UserKey } from '../../protocol/ids.js';
import type { Prekey } from '../../protocol/mailbox-prekey.js';

/** The key that a device wants letters sealed to; of each device there is one. Times in milliseconds since 1970. */
export interface StoredPrekey {
  prekey: Prekey;
  user: UserKey;
  published: number;
}

export interface PrekeyStore {
  /** In place of the device's former one. */
  put(prekey: StoredPrekey): Promise<void>;
  find(device: DeviceId): Promise<StoredPrekey | undefined>;
  /** The ones published last come first. */
  ofUser(user: UserKey, limit: number): Promise<readonly StoredPrekey[]>;
  /** Of all members; in a permanent channel everyone is one. The ones published last come first. */
  ofChannel(channel: ChannelName, limit: number): Promise<readonly StoredPrekey[]>;
}

export interface NewMail {
  user: UserKey;
  device: DeviceId;
  prekey: string;
  /** Sealed: nothing here can read it. */
  blob: Uint8Array;
  created: number;
}

export interface StoredMail {
  /** Never given twice, so that what is removed by it is what was meant. */
  id: string;
  prekey: string;
  blob: Uint8Array;
}

export interface MailboxStore {
  /** False, and nothing is kept, when the user's mailbox would hold more than `maxBytes`. */
  put(mail: NewMail, maxBytes: number): Promise<boolean>;
  /** Oldest first, after the mail `after` where given: at most `maxCount` and `maxBytes`, but at least one if there is one. */
  list(
    of: { user: UserKey; device: DeviceId },
    after: string | undefined,
    maxCount: number,
    maxBytes: number,
  ): Promise<{ mails: readonly StoredMail[]; more: boolean }>;
  /** Those of the ids that are this device's. */
  remove(of: { user: UserKey; device: DeviceId }, ids: readonly string[]): Promise<void>;
  /** All for a device that will never come. */
  removeDevice(device: DeviceId): Promise<void>;
  removeOlder(created: number): Promise<number>;
  /** Sealed bytes that wait for a user. */
  bytes(user: UserKey): Promise<number>;
  /** Told of each mail that was put, whichever node took it. */
  watch(listener: (to: { user: UserKey; device: DeviceId }) => void): () => void;
}
