/** This machine's addresses, as others may call it. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** `host`: as in a URL, brackets and all. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Private ones first, since these are where colleagues are; without those that only one link knows. */
export function networkAddresses(interfaces = networkInterfaces()): string[] {
  const all = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, family, address }) => !internal && family === 'IPv4' && !address.startsWith('169.254.'))
    .map(({ address }) => address);
  const rank = (address: string): number => (/^(192\.168|10|172\.(1[6-9]|2\d|3[01]))\./.test(address) ? 0 : 1);
  return [...new Set(all)].sort((a, b) => rank(a) - rank(b));
}
