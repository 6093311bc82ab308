/**
 * Version vectors (SPEC.md section 5, `have`): for each device's log, the `seq` up to which all entries are stored. Logs have
 * no gaps, so one number for each device is enough.
 */
import { parseDeviceId, type DeviceId } from './ids.js';
import { SEQ_MAX } from './limits.js';

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

/** Whether it came as a record of them. Only ids may be keys: so it can hold no `__proto__`, nor any other name that an object inherits. */
export function isHeads(value: unknown): value is Record<DeviceId, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries<unknown>(value as Record<string, unknown>).every(
    ([device, seq]) =>
      parseDeviceId(device) !== undefined && Number.isInteger(seq) && Number(seq) >= 0 && Number(seq) <= SEQ_MAX,
  );
}
