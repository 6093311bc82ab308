/** How the tracker sees who calls. */
import type { FastifyRequest } from 'fastify';
import { isIP } from 'node:net';
import { ParleyError } from '../../protocol/errors.js';

/** An IPv4 address as people write it, also when it arrived on an IPv6 socket. */
export function plainAddress(ip: string): string {
  return ip.startsWith('::ffff:') ? ip.slice(7) : ip;
}

/** By what callers are told apart where none may take the place of others: the address, or of IPv6 its network, as whoever has one has all of it. */
export function networkOf(ip: string): string {
  const plain = plainAddress(ip);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const zeros = Math.max(0, 8 - before.length - after.length);
  const groups = tail === undefined ? before : [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

/** What proxies add, whether they are trusted or not. Who sends one of them without a proxy misleads nobody else. */
const ADDED_BY_PROXIES = ['forwarded', 'via', 'x-forwarded-for'] as const;

/** Whether a proxy stands between whose word on the caller's address does not count: what is seen is the proxy. */
export function isBehindStranger({ headers, ips = [] }: Pick<FastifyRequest, 'headers' | 'ips'>): boolean {
  return ips.length <= 1 && ADDED_BY_PROXIES.some((name) => headers[name] !== undefined);
}

/** Whether a proxy stands between: the connection is then the proxy's. */
function isProxied(request: Pick<FastifyRequest, 'headers' | 'ips'>): boolean {
  return (request.ips?.length ?? 0) > 1 || isBehindStranger(request);
}

/**
 * Where a request comes from: behind a trusted proxy the host by its word, and the port of the proxy.
 * Errors: unavailable, when the connection has gone meanwhile.
 */
export function seenAt(request: FastifyRequest): { host: string; port: number; proxied: boolean } {
  const { remoteAddress, remotePort } = request.raw.socket;
  // Fastify takes over whatever text a trusted proxy writes.
  const ip = isIP(request.ip) === 0 ? remoteAddress : request.ip;
  if (ip === undefined || remotePort === undefined) throw new ParleyError('unavailable');
  return { host: plainAddress(ip), port: remotePort, proxied: isProxied(request) };
}
