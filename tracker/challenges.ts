/** Challenges for devices to sign (SPEC.md section 2): nothing is stored, and any tracker of this CA can check those of another. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ParleyError } from '../protocol/errors.js';
import type { DeviceId } from '../protocol/ids.js';
import { CHALLENGE_LIFE_MS } from '../protocol/limits.js';
import type { Clock } from './clock.js';

const TIME_BYTES = 8;
const MAC_BYTES = 32;

export class Challenges {
  /** @param key known to the trackers of this CA alone */
  constructor(
    private readonly key: Buffer,
    private readonly clock: Clock,
  ) {}

  /** b64u of the time and of HMAC-SHA256 over the device and the time. */
  make(device: DeviceId): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeBigUInt64BE(BigInt(this.clock.now()));
    return Buffer.concat([time, this.#mac(device, time)]).toString('base64url');
  }

  /** Errors: bad_challenge for one that is over, of another device or another CA, or none at all. */
  check(device: DeviceId, challenge: string): void {
    const bytes = Buffer.from(challenge, 'base64url');
    // Spelled in one way only: base64url has bits to spare.
    if (bytes.length !== TIME_BYTES + MAC_BYTES || bytes.toString('base64url') !== challenge) throw refused();
    const time = bytes.subarray(0, TIME_BYTES);
    if (!timingSafeEqual(bytes.subarray(TIME_BYTES), this.#mac(device, time))) throw refused();
    // The clock of the tracker that made it may be ahead of this one.
    if (Math.abs(this.clock.now() - Number(time.readBigUInt64BE())) > CHALLENGE_LIFE_MS) throw refused();
  }

  #mac(device: DeviceId, time: Buffer): Buffer {
    return createHmac('sha256', this.key).update(device).update(time).digest();
  }
}

function refused(): ParleyError {
  return new ParleyError('bad_challenge');
}
