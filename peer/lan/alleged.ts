/**
 * Where devices are said to be by whoever announced them on the local network. Nothing of it is believed before a link's
 * certificate has shown who is there; here it is only kept from costing much.
 */
import type { DeviceId } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { KnownAddress } from '../reach/candidates.js';

/** Devices; of one host; addresses of one device. Above, what is new is passed over, but for the last, where the oldest goes. */
export const ALLEGED_MAX = 1_000;
export const ALLEGED_PER_HOST_MAX = 64;
const ADDRESSES_MAX = 4;
/** Devices that nobody vouches for, offered to the dialler at a time; who does not answer goes to the end of the row. */
export const STRANGERS_MAX = 16;

export class Alleged {
  readonly #devices = new Map<DeviceId, Address[]>();
  readonly #perHost = new Map<string, number>();

  /** Whether that is news. */
  heard(device: DeviceId, address: Address): boolean {
    const known = this.#devices.get(device);
    if (known?.some((other) => isSame(other, address))) return false;
    const ofHost = this.#perHost.get(address.host) ?? 0;
    if (ofHost >= ALLEGED_PER_HOST_MAX || (!known && this.#devices.size >= ALLEGED_MAX)) return false;
    const addresses = known ?? [];
    addresses.unshift(address);
    this.#count(address.host, 1);
    const dropped = addresses.length > ADDRESSES_MAX ? addresses.pop() : undefined;
    if (dropped) this.#count(dropped.host, -1);
    this.#devices.set(device, addresses);
    return true;
  }

  /** Only the host that announced it can take it back. */
  gone(device: DeviceId, address: Address): void {
    const known = this.#devices.get(device);
    const left = known?.filter((other) => !isSame(other, address));
    if (!known || !left || left.length === known.length) return;
    this.#count(address.host, -1);
    if (left.length === 0) this.#devices.delete(device);
    else this.#devices.set(device, left);
  }

  /** Nobody, or somebody else, was there: others of the unknown come first from now on. */
  failed(device: DeviceId): void {
    const addresses = this.#devices.get(device);
    if (!addresses) return;
    this.#devices.delete(device);
    this.#devices.set(device, addresses);
  }

  addresses(device: DeviceId): readonly KnownAddress[] {
    return (this.#devices.get(device) ?? []).map((address) => ({ ...address, source: 'alleged' }));
  }

  /** Devices that `isKnown` does not know, at most so many. */
  strangers(isKnown: (device: DeviceId) => boolean): { device: DeviceId; addresses: readonly KnownAddress[] }[] {
    const found: { device: DeviceId; addresses: readonly KnownAddress[] }[] = [];
    for (const device of this.#devices.keys()) {
      if (found.length >= STRANGERS_MAX) break;
      if (!isKnown(device)) found.push({ device, addresses: this.addresses(device) });
    }
    return found;
  }

  get size(): number {
    return this.#devices.size;
  }

  #count(host: string, by: 1 | -1): void {
    const count = (this.#perHost.get(host) ?? 0) + by;
    if (count > 0) this.#perHost.set(host, count);
    else this.#perHost.delete(host);
  }
}

function isSame(a: Address, b: Address): boolean {
  return a.host === b.host && a.port === b.port;
}

interface Reachable {
  readonly device: DeviceId;
  readonly addresses: readonly KnownAddress[];
}

/** Alleged addresses after those that have a reason to be believed: a lie then costs no time where the truth is known. */
export function withAlleged<Known extends Reachable>(known: readonly Known[], alleged: Alleged): Known[] {
  return known.map((candidate) => {
    const more = alleged
      .addresses(candidate.device)
      .filter((address) => !candidate.addresses.some((other) => isSame(other, address)));
    return more.length === 0 ? candidate : { ...candidate, addresses: [...candidate.addresses, ...more] };
  });
}
