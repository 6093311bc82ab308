import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Log } from '../services.js';

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

/** Keeps it, if the disk lets it. */
export function keep(
  contact: Contact,
  { contacts, log }: { readonly contacts: ContactStore; readonly log: Log },
): void {
  try {
    contacts.save(contact);
  } catch (err) {
    log.warn({ err, device: contact.device }, 'a contact could not be saved; it is known until the next start');
  }
}
