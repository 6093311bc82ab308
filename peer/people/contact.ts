import type { DeviceId, Username } from '../../protocol/ids.js';

/** Where a device was last reached, and when (milliseconds since 1970). Its key has proven whose it is. */
export interface Contact {
  readonly username: Username;
  readonly device: DeviceId;
  readonly host: string;
  readonly port: number;
  readonly lastSeen: number;
}

export interface ContactStore {
  load(): Contact[];
  save(contact: Contact): void;
}
