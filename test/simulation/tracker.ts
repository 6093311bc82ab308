/** The tracker as peers see it: who is online and where. It can be away, and it can lie about addresses. */
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import { follow } from '../../tracker/devices.js';
import type { Random } from './random.js';

type Standing = NonNullable<Parameters<typeof follow>[0]>;

export interface Listed {
  readonly username: Username;
  readonly device: DeviceId;
  readonly address: Address;
  readonly channels: readonly ChannelName[];
  readonly epoch: string | undefined;
}

export class Tracker {
  up = true;
  /** Part of the addresses that it gives out wrongly. */
  lies = 0;
  private readonly online = new Map<DeviceId, Listed>();
  private readonly standings = new Map<DeviceId, Standing>();
  private version = 0;
  private told: { version: number; lies: number; list: readonly Listed[] } = { version: -1, lies: 0, list: [] };

  constructor(private readonly random: Random) {}

  /** What the real one answers to a lineage. */
  follow(device: DeviceId, lineage: readonly string[]): 'continues' | 'diverged' {
    const { word, kept } = follow(this.standings.get(device), lineage);
    if (kept) this.standings.set(device, kept);
    return word;
  }

  /** Whether a copy of the device was met: told once. */
  tellCopied(device: DeviceId): boolean {
    const standing = this.standings.get(device);
    if (!standing?.copied) return false;
    this.standings.set(device, { ...standing, copied: false });
    return true;
  }

  submit(listed: Listed): void {
    const known = this.online.get(listed.device);
    const same = known?.address.port === listed.address.port && known.channels.join() === listed.channels.join();
    if (same && known.epoch === listed.epoch) return;
    this.online.set(listed.device, listed);
    this.version++;
  }

  remove(device: DeviceId): void {
    if (this.online.delete(device)) this.version++;
  }

  /** The same array as long as nothing has changed. */
  list(): readonly Listed[] {
    const { version, lies } = this;
    if (this.told.version !== version || this.told.lies !== lies) {
      const list = [...this.online.values()];
      this.told = { version, lies, list: lies > 0 ? list.map((listed) => this.lie(listed, list)) : list };
    }
    return this.told.list;
  }

  private lie(listed: Listed, list: readonly Listed[]): Listed {
    if (!this.random.chance(this.lies)) return listed;
    const nowhere = { host: 'nowhere', port: 1 };
    return { ...listed, address: this.random.chance(0.5) ? (this.random.pick(list)?.address ?? nowhere) : nowhere };
  }
}
