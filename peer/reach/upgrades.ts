/** For which relayed links a direct way is looked for, and when: now and then, and at once in another network. */
import type { DeviceId } from '../../protocol/ids.js';

/** From one try to the next. Milliseconds. */
const UPGRADE_MS = 10 * 60_000;

export class Upgrades {
  /** When the devices of relayed links are dialled directly next. */
  private readonly due = new Map<DeviceId, number>();

  /** @param now steady, in milliseconds */
  constructor(
    private readonly now: () => number,
    private readonly everyMs = UPGRADE_MS,
  ) {}

  up(device: DeviceId, relayed = false): void {
    if (relayed) this.due.set(device, this.now() + this.everyMs);
  }

  down(device: DeviceId): void {
    this.due.delete(device);
  }

  /** The network is another one: what could not be reached may be near. */
  anew(): void {
    for (const device of this.due.keys()) this.due.set(device, -Infinity);
  }

  /**
   * At most so many, and none of those that are `busy`: a dial that is being given up would stand in the way, and the next try would be
   * lost. Each is told once, and again when its time has come.
   */
  take(max: number, busy: (device: DeviceId) => boolean = () => false): DeviceId[] {
    const now = this.now();
    const due = [...this.due].flatMap(([device, at]) => (at <= now && !busy(device) ? [device] : [])).slice(0, max);
    for (const device of due) this.due.set(device, now + this.everyMs);
    return due;
  }
}
