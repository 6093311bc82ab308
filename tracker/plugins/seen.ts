/** How the tracker sees who calls. */
import type { FastifyRequest } from 'fastify';
import { isIP } from 'node:net';
import { ParleyError } from '../../protocol/errors.js';

/** An IPv4 address as people write it, also when it arrived on an IPv6 socket. */
export function plainAddress(ip: string): string {
  return ip.startsWith('::ffff:') ? ip.slice(7) : ip;
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
