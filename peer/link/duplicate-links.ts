/**
 * Two connections between one pair of devices (SPEC.md section 4): which stays. Both sides must decide alike without
 * asking each other. What must hold, and does:
 * - A side that has greeted on its own dial refuses the other's greeting if its own id is smaller, and gives its dial up
 *   if it is larger. So of two greetings that cross, the one from the smaller id wins on both sides.
 * - A side that has not greeted yet takes the other's greeting and gives its own dial up in silence.
 * - An old link whose other end dials anew is dead: it dials only where it has no link. But a greeting may have been on
 *   its way when the link came up. The two cases differ: on a connection that was accepted after the link was up here, the
 *   greeting was sent after the other side knew of the link too, and it would have given its dial up. So the old one is
 *   dead, and the new one stays.
 * - A relayed link gives way to a direct one: beside a direct connection it counts as none.
 */
import type { LinkRole } from '../../protocol/handshake.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Address } from './types.js';

/** Counts connections and links as they begin: what came first, without a clock. */
export type Moment = number;

/** Of a connection on its way to a link. */
export interface Beginning {
  readonly role: LinkRole;
  readonly address: Address | undefined;
  /** Over a circuit of a relay. */
  readonly relayed: boolean;
  readonly since: Moment;
}

export interface Duplicates {
  /** Whether the new connection is relayed. Absent: no. */
  readonly relayed?: boolean;
  readonly link?: { readonly dialled: boolean; readonly upSince: Moment; readonly relayed?: boolean } | undefined;
  /** Whether a dial of ours to that device is past the point of no return. */
  readonly greeted: boolean;
}

/** Whether a connection that the other side dialled stays. If so, its duplicates go. */
export function acceptedStays(self: DeviceId, other: DeviceId, accepted: Moment, duplicates: Duplicates): boolean {
  const link = rival(duplicates);
  const { greeted } = duplicates;
  if (link && link.upSince < accepted) return true;
  if (link && !link.dialled) return false;
  return link || greeted ? other < self : true;
}

/** Whether a connection that we dialled may greet. */
export function dialledStays(duplicates: Duplicates): boolean {
  return !rival(duplicates) && !duplicates.greeted;
}

/** The link that counts. */
function rival({ link, relayed = false }: Duplicates): Duplicates['link'] {
  return link?.relayed === true && !relayed ? undefined : link;
}
