/** On which interfaces a peer announces itself and listens: those on which its P2P port can be reached. */
import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** More are not used: each costs a socket. */
const INTERFACES_MAX = 4;

/**
 * IPv4 addresses of interfaces. Of a port that is bound to one address, that one, if it is one of this machine; of a port
 * bound to all, every interface but loopback.
 */
export function lanInterfaces(bound: string, all: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  const local = Object.values(all)
    .flatMap((list) => list ?? [])
    .filter(({ address }) => isIPv4(address));
  const everywhere = bound === '0.0.0.0' || bound === '::' || bound === '';
  return local
    .filter(({ address, internal }) => (everywhere ? !internal : address === bound))
    .map(({ address }) => address)
    .sort()
    .slice(0, INTERFACES_MAX);
}

/** Where nothing else was said: a port that only this machine reaches is not announced. */
export function isForOthers(bound: string): boolean {
  return bound !== '::1' && !bound.startsWith('127.') && bound !== 'localhost';
}
