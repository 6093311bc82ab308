import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { CertifiedDevice, Device, DeviceStore, LineageState, RevokedDevice } from '../tracker-store.js';
import type { Bucket } from './bucket.js';
import { Grouped } from './grouped.js';
import { deviceShard, keepLatest, type SeenShard } from './seen.js';

export interface StoredDevice {
  device: Device;
  lineage?: LineageState | undefined;
}

export class NatsDevices implements DeviceStore {
  readonly #ofUser = new Grouped<UserKey, DeviceId>();
  readonly #revoked = new Set<DeviceId>();
  readonly #listeners = new Set<(revoked: RevokedDevice) => void>();

  constructor(
    private readonly devices: Bucket<StoredDevice>,
    private readonly seenTimes: Bucket<SeenShard>,
  ) {
    for (const [, { device }] of devices.mirror.values()) this.#index(device);
    devices.watch(({ before, after }) => {
      if (!after) return;
      const { device } = after;
      this.#index(device);
      if (!device.revoked || before?.device.revoked === true) return;
      const { user, revokedAt = 0 } = device;
      for (const listener of this.#listeners) listener({ device: device.device, user, revokedAt });
    });
  }

  async put(device: CertifiedDevice): Promise<boolean> {
    const { certificate } = device;
    let isTaken = false;
    await this.devices.update(device.device, (known) => {
      isTaken = known !== undefined && (known.device.user !== device.user || known.device.revoked);
      if (isTaken) return undefined;
      return known ? { ...known, device: { ...known.device, certificate } } : { device: { ...device, revoked: false } };
    });
    return !isTaken;
  }

  async setEpoch(device: DeviceId, epoch: number): Promise<void> {
    await this.#change(device, (known) => ({ ...known, device: { ...known.device, epoch } }));
  }

  async describe(device: DeviceId, { name, platform }: { name?: string; platform?: string }): Promise<void> {
    await this.#change(device, (known) => {
      const { device: before } = known;
      const after = {
        ...before,
        ...(before.name === undefined && name !== undefined && { name }),
        ...(platform !== undefined && { platform }),
      };
      return before.name === after.name && before.platform === after.platform ? undefined : { ...known, device: after };
    });
  }

  async rename(device: DeviceId, name: string): Promise<void> {
    await this.#change(device, (known) => ({ ...known, device: { ...known.device, name } }));
  }

  lastSeen(device: DeviceId): Promise<number | undefined> {
    return Promise.resolve(this.seenTimes.get(deviceShard(device))?.[device]);
  }

  async seen(times: ReadonlyMap<DeviceId, number>): Promise<void> {
    const known = [...times].filter(([device]) => this.devices.get(device) !== undefined);
    await keepLatest(this.seenTimes, known, deviceShard);
  }

  async find(device: DeviceId): Promise<Device | undefined> {
    const found = await this.devices.find(device);
    return found && { ...found.device };
  }

  ofUser(user: UserKey): Promise<readonly Device[]> {
    const found = [...this.#ofUser.of(user)].flatMap((device) => this.devices.get(device)?.device ?? []);
    found.sort((a, b) => a.created - b.created || (a.device < b.device ? -1 : 1));
    return Promise.resolve(found.map((device) => ({ ...device })));
  }

  async revoke(device: DeviceId, at: number): Promise<boolean> {
    let isNew = false;
    await this.devices.update(device, (known) => {
      isNew = known !== undefined && !known.device.revoked;
      return known && isNew ? { ...known, device: { ...known.device, revoked: true, revokedAt: at } } : undefined;
    });
    return isNew;
  }

  async lineage(device: DeviceId): Promise<LineageState | undefined> {
    const found = await this.devices.find(device);
    return found?.lineage && { ...found.lineage };
  }

  async setLineage(device: DeviceId, lineage: LineageState): Promise<void> {
    await this.#change(device, (known) => ({ ...known, lineage }));
  }

  revoked(limit: number): Promise<readonly { device: DeviceId; revokedAt: number }[]> {
    const found = [...this.#revoked].map((device) => ({
      device,
      revokedAt: this.devices.get(device)?.device.revokedAt ?? 0,
    }));
    return Promise.resolve(found.sort((a, b) => b.revokedAt - a.revokedAt).slice(0, limit));
  }

  watch(listener: (revoked: RevokedDevice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #change(device: DeviceId, change: (known: StoredDevice) => StoredDevice | undefined): Promise<void> {
    await this.devices.update(device, (known) => known && change(known));
  }

  #index({ device, user, revoked }: Device): void {
    this.#ofUser.add(user, device);
    if (revoked) this.#revoked.add(device);
  }
}
