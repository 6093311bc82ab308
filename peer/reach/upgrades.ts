/** For which relayed links a direct way is looked for, and when: soon, then more and more seldom, and at once in another network. */
import type { DeviceId } from '../../protocol/ids.js';

/** From the relayed link to the first try, which helps where a machine was too busy for a dial in time. Milliseconds, as all here. */
const FIRST_MS = 20_000;
/** From one try to the next it is twice as long as before, up to this. */
const MOST_MS = 10 * 60_000;

interface Due {
  readonly at: number;
  /** From there to the try after it. */
  readonly nextMs: number;
}

export class Upgrades {
  /** When the devices of relayed links are dialled directly next. */
  private readonly due = new Map<DeviceId, Due>();

  /** @param now steady, in milliseconds */
  constructor(
    private readonly now: () => number,
    private readonly firstMs = FIRST_MS,
    private readonly mostMs = MOST_MS,
  ) {}

  up(device: DeviceId, relayed = false): void {
    if (relayed) this.due.set(device, { at: this.now() + this.firstMs, nextMs: 2 * this.firstMs });
  }

  down(device: DeviceId): void {
    this.due.delete(device);
  }

  /** The network is another one: what could not be reached may be near. */
  anew(): void {
    for (const device of this.due.keys()) this.due.set(device, { at: -Infinity, nextMs: this.firstMs });
  }

  /**
   * At most so many, and none of those that are `busy`: a dial that is being given up would stand in the way, and the next try would be
   * lost. Each is told once, and again when its time has come.
   */
  take(max: number, busy: (device: DeviceId) => boolean = () => false): DeviceId[] {
    const now = this.now();
    const due = [...this.due].filter(([device, { at }]) => at <= now && !busy(device)).slice(0, max);
    for (const [device, { nextMs }] of due) {
      const ms = Math.min(nextMs, this.mostMs);
      this.due.set(device, { at: now + ms, nextMs: 2 * ms });
    }
    return due.map(([device]) => device);
  }
}
