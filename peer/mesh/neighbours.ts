/**
 * Whom to link to (SPEC.md section 5, mesh): up to 16 members all of them, above that a bounded random choice that is
 * kept as long as it lives. A pure decision: the driver dials.
 */
import type { DeviceId } from '../../protocol/ids.js';
import { FULL_MESH_MAX, LINKS_MAX } from '../../protocol/limits.js';

export interface Choice {
  /** Devices that can be dialled, with the time from which on (back-off), in milliseconds. */
  readonly candidates: readonly { readonly device: DeviceId; readonly notBefore: number }[];
  readonly linked: ReadonlySet<DeviceId>;
  /** Devices that a direct message waits for: linked to whatever the number. */
  readonly needed: ReadonlySet<DeviceId>;
  readonly now: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** How many links a peer looks for, when so many others are online. */
export function wantedLinks(online: number): number {
  return online <= FULL_MESH_MAX ? online : Math.min(LINKS_MAX, Math.ceil(Math.log2(online)) + 4);
}

/** The devices to dial now. */
export function chooseNeighbours({ candidates, linked, needed, now, random }: Choice): DeviceId[] {
  const open = candidates
    .filter(({ device, notBefore }) => !linked.has(device) && notBefore <= now)
    .map(({ device }) => device);
  const chosen = open.filter((device) => needed.has(device));
  const others = open.filter((device) => !needed.has(device));
  let missing = wantedLinks(candidates.length) - linked.size - chosen.length;
  while (missing-- > 0 && others.length > 0) {
    const [device] = others.splice(Math.floor(random() * others.length), 1);
    if (device) chosen.push(device);
  }
  return chosen.slice(0, Math.max(0, LINKS_MAX - linked.size));
}
