import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Clock, Log } from '../services.js';
import type { Device } from './device.js';

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

/** A device is there by its own word, or was until now; `address`: where it was dialled. It is a contact from now on, if it is known where it is. */
export function seen(
  device: Device,
  address: Address | undefined,
  { contacts, clock, log }: { readonly contacts: ContactStore; readonly clock: Clock; readonly log: Log },
): void {
  const { id, username } = device;
  device.lastSeen = clock.now();
  const known = address ?? device.addresses()[0];
  if (!known) return;
  device.contact = { username, device: id, host: known.host, port: known.port, lastSeen: device.lastSeen };
  try {
    contacts.save(device.contact);
  } catch (err) {
    log.warn({ err, device: id }, 'a contact could not be saved; it is known until the next start');
  }
}
