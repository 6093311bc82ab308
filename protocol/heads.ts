/**
 * Version vectors (SPEC.md section 5, `have`): for each device's log, the `seq` up to which all entries are stored. Logs have
 * no gaps, so one number for each device is enough.
 */
import type { DeviceId } from './ids.js';

export type Heads = ReadonlyMap<DeviceId, number>;

export interface Range {
  readonly device: DeviceId;
  /** First and last missing `seq`, both included. */
  readonly from: number;
  readonly to: number;
}

/** The ranges that are in `theirs` and not in `ours`. */
export function missingRanges(ours: Heads, theirs: Heads): Range[] {
  const ranges: Range[] = [];
  for (const [device, to] of theirs) {
    const held = ours.get(device) ?? 0;
    if (held < to) ranges.push({ device, from: held + 1, to });
  }
  return ranges;
}

/** Raises `into` to the maximum of both, in place, and returns the devices that were raised. */
export function raise(into: Map<DeviceId, number>, by: Heads): DeviceId[] {
  const raised: DeviceId[] = [];
  for (const [device, seq] of by) {
    if ((into.get(device) ?? 0) >= seq) continue;
    into.set(device, seq);
    raised.push(device);
  }
  return raised;
}
