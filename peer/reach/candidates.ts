/**
 * In which order the addresses of a device are dialled, and which are not. Most come from others, who may lie: nothing of it is
 * believed, and a long list or a strange address costs little.
 */
import type { Address } from '../link/types.js';
import { canonical, kindOf, OwnNetworks, type Interfaces } from './addresses.js';

/**
 * Whose word an address is. `last`: a link stood there. `seen`: where the tracker sees the device, or where it says that it is
 * bound. `said`: the device told the tracker. `alleged`: anybody on the local network.
 */
export type Source = 'last' | 'seen' | 'said' | 'alleged';

export interface KnownAddress extends Address {
  /** Absent: `said`. */
  readonly source?: Source;
}

/** More are not dialled in one race. */
export const ADDRESSES_MAX = 16;

export interface Surroundings {
  readonly interfaces: Interfaces;
  /** Whether others may be on this machine: their loopback addresses mean something. */
  readonly sharesLoopback: boolean;
}

/**
 * Where the last link stood; networks of ours; IPv6 of the world; what the tracker sees, and other public addresses; private
 * ones of other networks, which a VPN may lead to; what is only alleged. Each once. What nobody can be at, and loopback of
 * other machines, is left out; addresses of this machine are not: its other peers, all those of a gateway, have the same.
 */
export function inOrder(known: readonly KnownAddress[], { interfaces, sharesLoopback }: Surroundings): Address[] {
  const own = new OwnNetworks(interfaces);
  const found = new Map<string, { readonly address: Address; readonly rank: number }>();
  for (const { host: given, port, source } of known) {
    const host = canonical(given);
    if (host === undefined) continue;
    const kind = kindOf(host);
    if (kind === 'none' || (kind === 'loopback' && !sharesLoopback)) continue;
    const rank = rankOf(source ?? 'said', kind === 'loopback' || own.includes(host), kind);
    const key = `${host} ${port}`;
    const before = found.get(key);
    if (!before || rank < before.rank) found.set(key, { address: { host, port }, rank });
  }
  const sorted = [...found.values()].sort((a, b) => a.rank - b.rank);
  return sorted.slice(0, ADDRESSES_MAX).map(({ address }) => address);
}

function rankOf(source: Source, isNear: boolean, kind: ReturnType<typeof kindOf>): number {
  if (source === 'last') return 0;
  if (source === 'alleged') return 5;
  if (isNear) return 1;
  if (kind === 'public6') return 2;
  return source === 'seen' || kind !== 'private' ? 3 : 4;
}

/** Those that a race had no time for come first in the next one. */
export function untriedFirst(ordered: readonly Address[], untried: readonly Address[]): readonly Address[] {
  if (untried.length === 0) return ordered;
  const left = new Set(untried.map(({ host, port }) => `${host} ${port}`));
  const isLeft = ({ host, port }: Address): boolean => left.has(`${host} ${port}`);
  return [...ordered.filter(isLeft), ...ordered.filter((address) => !isLeft(address))];
}
