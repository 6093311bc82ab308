/** What the user's own devices are called, as the tracker has told; of others' devices that is told to nobody. */
import { deviceName } from '../../protocol/device-name.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { DeviceRecord } from '../../protocol/tracker-api.js';

export class DeviceNames {
  readonly #names = new Map<DeviceId, string>();
  readonly #askedFor = new Set<DeviceId>();

  /** @param told a device has a name that it did not have before */
  constructor(private readonly told: (device: DeviceId, name: string) => void) {}

  of(device: DeviceId): string | undefined {
    return this.#names.get(device);
  }

  /** Whether it is worth asking for the name of a device that has come: once, as one without a name stays without. */
  isToBeAsked(device: DeviceId): boolean {
    if (this.#names.has(device) || this.#askedFor.has(device)) return false;
    this.#askedFor.add(device);
    return true;
  }

  /** Of the user's own devices. A tracker may be hostile: what is no line that can be seen is no name. */
  learn(records: readonly DeviceRecord[]): void {
    for (const { device, name } of records) {
      const shown = name === undefined ? undefined : deviceName(name);
      const id = device as DeviceId;
      if (shown === undefined || this.#names.get(id) === shown) continue;
      this.#names.set(id, shown);
      this.told(id, shown);
    }
  }
}
