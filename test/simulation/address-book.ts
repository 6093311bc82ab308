/** Whom a device can dial: the tracker's list as it last heard it, and those it has met. Outlives the process. */
import type { Candidate } from '../../peer/core/dialler-options.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Random } from './random.js';
import type { Side } from './side.js';
import type { Listed, Tracker } from './tracker.js';

/** As in `Core`: up to so many, all that are known are tried, whatever the tracker says. */
const FEW = 16;

type Known = Candidate & Partial<Pick<Listed, 'epoch'>>;

export class AddressBook {
  private roster: readonly Listed[] = [];
  private known: readonly Known[] | undefined;
  private epochs: ReadonlyMap<DeviceId, string | undefined> | undefined;
  private wasUp = true;
  private readonly met = new Map<DeviceId, { username: Username; address: Address }>();

  constructor(
    private readonly self: () => DeviceId,
    private readonly tracker: Tracker,
    private readonly random: Random,
    /** How many others the tracker names; 0: all. */
    private readonly sample: number,
    /** Who is linked is known with what it said of itself, whether the tracker names it or not. */
    private readonly linked: () => Iterable<Side>,
  ) {}

  /** @returns whether there is anything new */
  hear(): boolean {
    const list = this.tracker.list();
    const whole = this.sample === 0 || list.length <= this.sample;
    if (whole ? this.roster === list : this.roster.length >= this.sample && !this.random.chance(0.05)) return false;
    this.known = undefined;
    this.epochs = undefined;
    this.roster = whole ? list : this.random.sample(list, this.sample);
    return true;
  }

  epochOf(device: DeviceId): string | undefined {
    this.epochs ??= new Map(this.roster.map((other) => [other.device, other.epoch]));
    return this.epochs.get(device);
  }

  meet(device: DeviceId, username: Username): void {
    const listed = this.roster.find((other) => other.device === device);
    if (listed) this.met.set(device, { username, address: listed.address });
  }

  /** Links have come or gone. */
  changed(): void {
    this.known = undefined;
  }

  /** As in peer.ts: those online by the tracker's word; those met before as well while there are few, or it is away. */
  candidates(): readonly Known[] {
    if (!this.known || this.wasUp !== this.tracker.up) this.known = this.list();
    this.wasUp = this.tracker.up;
    return this.known;
  }

  private list(): Known[] {
    const found = [];
    for (const { username, device, address, channels, epoch } of this.roster) {
      if (device === this.self()) continue;
      const last = this.met.get(device)?.address;
      const same = last === undefined || (last.host === address.host && last.port === address.port);
      found.push({ username, device, addresses: same ? [address] : [last, address], channels, epoch });
    }
    const few = !this.tracker.up || this.roster.length <= FEW;
    if (!few && this.sample === 0) return found;
    const listed = new Set(this.roster.map(({ device }) => device));
    for (const { remote, channels } of this.linked()) {
      if (listed.has(remote.device)) continue;
      listed.add(remote.device);
      found.push({ username: remote.username, device: remote.device, addresses: [], channels: [...channels] });
    }
    if (!few) return found;
    for (const [device, { username, address }] of this.met) {
      if (!listed.has(device)) found.push({ username, device, addresses: [address], channels: [] });
    }
    return found;
  }
}
