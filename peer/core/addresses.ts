/** Where the P2P port is opened, and what is said of it to the tracker. */
import { isIP } from 'node:net';
import type { MappingView } from '../../protocol/reach.js';
import type { Address } from '../../protocol/tracker-api.js';
import { canonical, kindOf, outerInterfaces } from '../reach/addresses.js';
import { systemInterfaces } from '../reach/network.js';

/** More are not told: a machine with that many addresses is found by the first. */
const ADDRESSES_MAX = 8;

/**
 * The address to bind. Not given: this machine alone when all trackers are on it, else all interfaces. The port speaks TLS
 * to certified devices only.
 */
export function bindHost(given: string | undefined, trackers: readonly string[], relayOnly = false): string {
  // Nobody is to come in; whoever looks for open ports in the network is not to find it either.
  if (relayOnly) return '127.0.0.1';
  return given ?? (trackers.every(isLocal) ? '127.0.0.1' : '0.0.0.0');
}

/**
 * Bound to one address, that is it; bound to all, the tracker adds the one that it sees. Where a router forwards a port, its address comes
 * first: also one that is none of the world, since there are neighbours behind the same carrier.
 */
export function advertised(
  { host, port }: Address,
  mapping: MappingView = { state: 'off' },
): { host?: string; addresses: Address[] } {
  const outside = outsideOf(mapping);
  if (host !== '0.0.0.0' && host !== '::') return { host, addresses: [...outside, { host, port }] };
  const addresses = outerInterfaces(systemInterfaces()).map(({ address }) => ({ host: address, port }));
  return { addresses: [...outside, ...addresses].slice(0, ADDRESSES_MAX) };
}

function outsideOf({ state, host, port }: MappingView): Address[] {
  if (state !== 'mapped' || host === undefined || port === undefined) return [];
  const kind = kindOf(canonical(host) ?? '');
  return kind === 'public4' || kind === 'private' ? [{ host, port }] : [];
}

/** Of a device that tells nobody where it is: an address at which nobody is, so that the tracker puts in none that it sees. */
const HIDDEN = '0.0.0.0';
export const PORT_MAX = 65_535;

/**
 * What a device says that tells nobody where it is. The port is never its own, and another one at each start: by nothing else would a copy
 * that runs beside it be noticed.
 * @param drawn at random, from 1 to `PORT_MAX` - 1
 */
export function hiddenAt(port: number, drawn: number): { port: number; host: string; addresses: Address[] } {
  return { port: ((port - 1 + drawn + PORT_MAX) % PORT_MAX) + 1, host: HIDDEN, addresses: [] };
}

/** Whether others may be on this machine too: who names a loopback address means its own. */
export function sharesLoopback(bound: Address, trackers: readonly string[]): boolean {
  return bound.host.startsWith('127.') || bound.host === '::1' || trackers.some(isLocal);
}

function isLocal(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
