/** Where the logs of one conversation end, in the order of their devices, as they were at one moment; and digests of parts of them. */
import { createHash } from 'node:crypto';
import type { Heads } from '../../protocol/heads.js';
import type { DeviceId } from '../../protocol/ids.js';

export class Ends {
  readonly devices: readonly DeviceId[];
  private readonly seqs: readonly number[];
  private whole: string | undefined;

  constructor(heads: Heads) {
    const all = [...heads].filter(([, seq]) => seq > 0).sort(([a], [b]) => (a < b ? -1 : 1));
    this.devices = all.map(([device]) => device);
    this.seqs = all.map(([, seq]) => seq);
  }

  get count(): number {
    return this.devices.length;
  }

  /** The place of the first log whose device is at or after `bound`. */
  at(bound: string): number {
    let [low, high] = [0, this.devices.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.devices[middle] ?? '') < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The logs of those places. @param to not included */
  between(from: number, to: number): Map<DeviceId, number> {
    const logs = new Map<DeviceId, number>();
    for (let i = from; i < to; i++) {
      const [device, seq] = [this.devices[i], this.seqs[i]];
      if (device !== undefined && seq !== undefined) logs.set(device, seq);
    }
    return logs;
  }

  /** As `RangePart` says. Of all logs it is computed once. */
  digest(from: number, to: number): string {
    const isWhole = from === 0 && to === this.devices.length;
    if (isWhole && this.whole !== undefined) return this.whole;
    let text = 'parley/ranges/1\n';
    for (let i = from; i < to; i++) text += `${this.devices[i] ?? ''} ${this.seqs[i] ?? 0}\n`;
    const digest = createHash('sha256').update(text).digest('base64url');
    if (isWhole) this.whole = digest;
    return digest;
  }

  /** The shortest text that stands after the device before that place, and not after the one there. */
  bound(place: number): string {
    const [before = '', there = ''] = [this.devices[place - 1], this.devices[place]];
    let length = 1;
    while (length < there.length && there.slice(0, length) <= before) length++;
    return there.slice(0, length);
  }
}
