import type { ChannelName, DeviceId, UserKey } from '../../protocol/ids.js';
import type { Prekey } from '../../protocol/mailbox-prekey.js';

/** The key to which letters for a device are sealed. Each device has one. Times in milliseconds since 1970. */
export interface StoredPrekey {
  prekey: Prekey;
  user: UserKey;
  published: number;
}

export interface PrekeyStore {
  /** Replaces the former one of the device. */
  put(prekey: StoredPrekey): Promise<void>;
  find(device: DeviceId): Promise<StoredPrekey | undefined>;
  /** Newest first. */
  ofUser(user: UserKey, limit: number): Promise<readonly StoredPrekey[]>;
  /** Of all members; everyone is a member of a permanent channel. Newest first. */
  ofChannel(channel: ChannelName, limit: number): Promise<readonly StoredPrekey[]>;
}

export interface NewMail {
  user: UserKey;
  device: DeviceId;
  prekey: string;
  /** Sealed: the tracker cannot read it. */
  blob: Uint8Array;
  created: number;
}

export interface StoredMail {
  /** Never used twice, so that a late removal cannot hit another mail. */
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
  /** Ids of other devices' mails are ignored. */
  remove(of: { user: UserKey; device: DeviceId }, ids: readonly string[]): Promise<void>;
  /** Removes all mails of a device that will not fetch them any more. */
  removeDevice(device: DeviceId): Promise<void>;
  removeOlder(created: number): Promise<number>;
  /** Sealed bytes stored for a user. */
  bytes(user: UserKey): Promise<number>;
  /** Called for each new mail, whichever node took it. */
  watch(listener: (to: { user: UserKey; device: DeviceId }) => void): () => void;
}
