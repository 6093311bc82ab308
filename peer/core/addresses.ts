/** Where the P2P port is opened, and what is said of it to the tracker. */
import { isIP } from 'node:net';
import type { Address } from '../../protocol/tracker-api.js';
import { outerInterfaces } from '../reach/addresses.js';
import { systemInterfaces } from '../reach/network.js';

/** More are not told: a machine with that many addresses is found by the first. */
const ADDRESSES_MAX = 8;

/**
 * The address to bind. Not given: this machine alone when all trackers are on it, else all interfaces. The port speaks TLS
 * to certified devices only.
 */
export function bindHost(given: string | undefined, trackers: readonly string[]): string {
  return given ?? (trackers.every(isLocal) ? '127.0.0.1' : '0.0.0.0');
}

/** Bound to one address, that is it; bound to all, the tracker adds the one that it sees. */
export function advertised({ host, port }: Address): { host?: string; addresses: Address[] } {
  if (host !== '0.0.0.0' && host !== '::') return { host, addresses: [{ host, port }] };
  const addresses = outerInterfaces(systemInterfaces()).map(({ address }) => ({ host: address, port }));
  return { addresses: addresses.slice(0, ADDRESSES_MAX) };
}

/** Whether others may be on this machine too: who names a loopback address means its own. */
export function sharesLoopback(bound: Address, trackers: readonly string[]): boolean {
  return bound.host.startsWith('127.') || bound.host === '::1' || trackers.some(isLocal);
}

function isLocal(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
