/** Whether entries are what their devices wrote, by nothing but the entries and the certificates beside them. */
import { verify, X509Certificate, type KeyObject } from 'node:crypto';
import { entryId, signedBytes, type Entry } from '../../protocol/entry.js';
import type { DeviceId } from '../../protocol/ids.js';
import { deviceIdOfKey } from '../identity/certificate.js';

export class Proof {
  private readonly keys = new Map<DeviceId, KeyObject | undefined>();

  /** @param pems certificates of a device; a device id is the hash of its key, so that a corrupt one deceives nobody */
  constructor(private readonly pems: (device: DeviceId) => readonly string[]) {}

  /** The id is the hash of all that the entry says, and of the entry before it. */
  isWhole(entry: Entry): boolean {
    return entryId(entry) === entry.id;
  }

  isSigned({ device, id, sig }: Entry): boolean {
    if (sig === undefined) return false;
    if (!this.keys.has(device)) this.keys.set(device, this.find(device));
    const key = this.keys.get(device);
    return key !== undefined && verify(null, signedBytes(id), key, Buffer.from(sig, 'base64url'));
  }

  private find(device: DeviceId): KeyObject | undefined {
    for (const pem of this.pems(device)) {
      try {
        const { publicKey } = new X509Certificate(pem);
        if (deviceIdOfKey(publicKey) === device) return publicKey;
      } catch {
        // As corrupt as what it should prove; another one may not be.
      }
    }
    return undefined;
  }
}
