/** Whom a device can dial: the tracker's list as it last heard it, and those it has met. Outlives the process. */
import type { Candidate } from '../../peer/core/dialler.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Random } from './random.js';
import type { Listed, Tracker } from './tracker.js';

/** As in `Core`: up to so many, all that are known are tried, whatever the tracker says. */
const FEW = 16;

export class AddressBook {
  private roster: readonly Listed[] = [];
  private readonly met = new Map<DeviceId, { username: Username; address: Address }>();

  constructor(
    private readonly self: DeviceId,
    private readonly tracker: Tracker,
    private readonly random: Random,
    /** How many others the tracker names; 0: all. */
    private readonly sample: number,
  ) {}

  /** @returns whether there is anything new */
  hear(): boolean {
    const list = this.tracker.list();
    const whole = this.sample === 0 || list.length <= this.sample;
    if (whole ? this.roster === list : this.roster.length >= this.sample && !this.random.chance(0.05)) return false;
    this.roster = whole ? list : this.random.sample(list, this.sample);
    return true;
  }

  meet(device: DeviceId, username: Username): void {
    const listed = this.roster.find((other) => other.device === device);
    if (listed) this.met.set(device, { username, address: listed.address });
  }

  /** As in peer.ts: those online by the tracker's word; those met before as well while there are few, or it is away. */
  candidates(): Candidate[] {
    const found = [];
    for (const { username, device, address, channels } of this.roster) {
      if (device === this.self) continue;
      const last = this.met.get(device)?.address;
      const same = last === undefined || (last.host === address.host && last.port === address.port);
      found.push({ username, device, addresses: same ? [address] : [last, address], channels });
    }
    if (this.tracker.up && this.roster.length > FEW) return found;
    const listed = new Set(this.roster.map(({ device }) => device));
    for (const [device, { username, address }] of this.met) {
      if (!listed.has(device)) found.push({ username, device, addresses: [address], channels: [] });
    }
    return found;
  }
}
