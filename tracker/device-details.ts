import { deviceName } from '../protocol/device-name.js';
import { ParleyError } from '../protocol/errors.js';
import { sameUser, userKey, type DeviceId, type Username } from '../protocol/ids.js';
import { DEVICE_NAME_MAX } from '../protocol/limits.js';
import type { DeviceRecord, SubmitInfo } from '../protocol/tracker-api.js';
import type { Devices } from './devices.js';
import type { LastSeen } from './last-seen.js';
import type { Device, DeviceStore } from './store/tracker-store.js';

export interface DeviceDetailsOptions {
  store: DeviceStore;
  devices: Pick<Devices, 'list'>;
  seen: Pick<LastSeen, 'ofDevice'>;
}

/** What the user of a device is told of it beside its certificate: its name, what it runs on, when it was last online. */
export class DeviceDetails {
  constructor(private readonly options: DeviceDetailsOptions) {}

  /** For the user whose devices they are, and for admins; to others `Devices.list` is told. Oldest first, revoked ones too. */
  async list(username: Username): Promise<DeviceRecord[]> {
    const { store, devices } = this.options;
    const known = new Map((await store.ofUser(userKey(username))).map((device) => [device.device as string, device]));
    const records = await devices.list(username);
    return Promise.all(records.map(async (record) => ({ ...record, ...(await this.#of(known.get(record.device))) })));
  }

  /**
   * What a device says of itself. Its name is the one that it has already, if its user gave it one. What cannot be seen is passed over: it
   * is no reason to be offline.
   */
  async describe(device: DeviceId, said: Pick<SubmitInfo, 'name' | 'platform'>): Promise<void> {
    const name = said.name === undefined ? undefined : deviceName(said.name);
    const platform = said.platform === undefined ? undefined : deviceName(said.platform);
    if (name !== undefined || platform !== undefined) await this.options.store.describe(device, { name, platform });
  }

  /** Errors: bad_request, not_found also for another user's. */
  async rename(username: Username, device: DeviceId, wanted: string): Promise<string> {
    const { store } = this.options;
    const name = deviceName(wanted);
    if (name === undefined) {
      const text = `A device has a name of 1 to ${DEVICE_NAME_MAX} characters that can be seen. Choose another one.`;
      throw new ParleyError('bad_request', text);
    }
    const known = await store.find(device);
    // Whose devices there are is not told by an error either.
    if (!known || !sameUser(known.username, username)) {
      throw new ParleyError('not_found', 'You have no such device. Check its id.');
    }
    await store.rename(device, name);
    return name;
  }

  async #of(known: Device | undefined): Promise<Pick<DeviceRecord, 'name' | 'platform' | 'seen'>> {
    if (!known) return {};
    const { device, name, platform } = known;
    const seen = this.options.seen.ofDevice(device, await this.options.store.lastSeen(device));
    return {
      ...(name === undefined ? {} : { name }),
      ...(platform === undefined ? {} : { platform }),
      ...(seen === undefined ? {} : { seen }),
    };
  }
}
