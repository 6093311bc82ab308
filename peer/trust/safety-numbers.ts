/** The number that two users compare (SPEC.md section 3), by the devices of both that are known here. */
import { X509Certificate } from 'node:crypto';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { safetyNumber } from '../../protocol/safety-number.js';
import type { KnownDevices } from './known-devices.js';

/** The last 32 bytes of an Ed25519 key's SPKI (RFC 8410) are the key. */
const RAW_KEY_BYTES = 32;

export class SafetyNumbers {
  readonly #self: { readonly username: Username };
  readonly #devices: Pick<KnownDevices, 'of'>;
  readonly #certificates: { pems(device: DeviceId): readonly string[] };

  /** @param certificates of a device, PEM, the newest first */
  constructor(
    self: { readonly username: Username },
    devices: Pick<KnownDevices, 'of'>,
    certificates: { pems(device: DeviceId): readonly string[] },
  ) {
    this.#self = self;
    this.#devices = devices;
    this.#certificates = certificates;
  }

  /** Undefined while one of the two has no known device. */
  with(username: Username): string | undefined {
    const [own, theirs] = [this.#keysOf(this.#self.username), this.#keysOf(username)];
    if (own.length === 0 || theirs.length === 0) return undefined;
    return safetyNumber({ username: this.#self.username, keys: own }, { username, keys: theirs });
  }

  #keysOf(username: Username): Buffer[] {
    return this.#devices.of(username).flatMap((device) => {
      const [newest] = this.#certificates.pems(device);
      return newest === undefined ? [] : [rawKey(newest)];
    });
  }
}

function rawKey(pem: string): Buffer {
  return new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }).subarray(-RAW_KEY_BYTES);
}
