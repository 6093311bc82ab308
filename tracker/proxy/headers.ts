/** What a request may say to a backend, and an answer to a client: nothing of one connection is told to the next. */
import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection alone (RFC 9110 7.6.1). */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings'],
] as const;
/** What only this proxy may say. */
const FORWARDED = ['forwarded', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port'] as const;
const OWN = [...FORWARDED, 'x-forwarded-proto', 'x-forwarded-prefix', 'x-forwarded-server'] as const;

const HOST = /^(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * The headers that a backend gets. `Host` stays what the client asked for, so that a page keeps its origin; who asked, how and for which
 * host stands in `X-Forwarded-*`, by the word of the connection and of trusted proxies before this one.
 */
export function onwardHeaders(request: FastifyRequest, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const onward = without(headers, [...HOP_BY_HOP, ...OWN, 'expect']);
  const { host } = request.headers;
  if (host !== undefined) onward['host'] = host;
  // From the nearest to the client itself; the header is written the other way round.
  onward['x-forwarded-for'] = [...(request.ips ?? [request.ip])].reverse().join(', ');
  onward['x-forwarded-proto'] = request.protocol;
  onward['x-forwarded-host'] = request.host;
  if (request.forwardedPrefix !== '') onward['x-forwarded-prefix'] = request.forwardedPrefix;
  // Nobody reads a body that such a request has: without this the backend would wait for it.
  if (request.method === 'GET' || request.method === 'HEAD') delete onward['content-length'];
  return onward;
}

export function backwardHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return without(headers, HOP_BY_HOP);
}

/** Without those named, and those that `Connection` names. */
function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...names, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

/**
 * Why a request is refused before it goes anywhere: it could mean one thing here and another one at the backend. Node's parser has refused
 * what contradicts itself already (two lengths, a length and chunks).
 */
export function ambiguity({ raw }: FastifyRequest): string | undefined {
  const { url = '', headers, headersDistinct } = raw;
  if (!url.startsWith('/')) return 'Ask for a path that begins with a slash.';
  const hosts = headersDistinct['host'] ?? [];
  if (hosts.length > 1) return 'A request names one host.';
  if (hosts.some((host) => !HOST.test(host))) return 'The name of the host is not valid.';
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'A body is sent as it is, or in chunks.';
  if (headers.upgrade !== undefined && (headers['content-length'] !== undefined || coding !== undefined))
    return 'A request for another protocol has no body.';
  return undefined;
}
