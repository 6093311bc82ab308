/**
 * Whether this is the user's first device, and since when it is there if not: by the tracker's list, once. What others wrote before
 * that was there for the user to read at another device, until that one says what was (`own_read`, SPEC.md section 4).
 */
import type { DeviceId } from '../../protocol/ids.js';
import type { DeviceRecord } from '../../protocol/tracker-api.js';

export interface DeviceAgeOptions {
  readonly device: DeviceId;
  readonly settings: {
    readonly data: { readonly olderThan?: number | undefined };
    update(change: (data: { olderThan?: number }) => void): void;
  };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** It is known now. */
  readonly changed: () => void;
}

export class DeviceAge {
  constructor(private readonly options: DeviceAgeOptions) {}

  get isKnown(): boolean {
    return this.options.settings.data.olderThan !== undefined;
  }

  /** The user has had no other device, so that what was not read here is unread. */
  get isFirst(): boolean {
    return this.options.settings.data.olderThan === 0;
  }

  /** Milliseconds since 1970; 0: nothing is older than this device. */
  get older(): number {
    return this.options.settings.data.olderThan ?? 0;
  }

  /**
   * The user's own devices, those revoked too: what was read at one that was lost was read. A tracker whose clock is ahead, or that is
   * hostile, may say any time: nothing that is still to be written is older than this device.
   */
  heard(records: readonly DeviceRecord[]): void {
    const { device, settings, now, changed } = this.options;
    const own = records.find((record) => record.device === device);
    const since = Date.parse(own?.created ?? '');
    if (this.isKnown || !Number.isFinite(since)) return;
    const hasElder = records.some((record) => record.device !== device && Date.parse(record.created) < since);
    settings.update((data) => void (data.olderThan = hasElder ? Math.min(since, now()) : 0));
    changed();
  }
}
