import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { ParleyError } from '../../protocol/errors.js';
import { RateLimited } from '../daily-limits.js';
import type { Limits } from '../settings.js';
import { networkOf } from './seen.js';
import { signedIn } from './session.js';
import type { App } from './http-types.js';

const WINDOW_MS = 60_000;

/** For routes that peers call all the time: they are cheap, and so need no limit. */
export const unlimited = { rateLimit: false } as const;

/** A limit by address over all routes. A route may set its own, or none. */
export async function addLimits(app: App, limits: Limits): Promise<void> {
  await app.register(rateLimit, {
    max: limits.requestsPerAddress,
    timeWindow: WINDOW_MS,
    errorResponseBuilder: () => new ParleyError('rate_limited'),
  });
}

export function perAddress(max: number) {
  return { rateLimit: { max, timeWindow: WINDOW_MS } };
}

/** A further limit by address, over a time of its own. Errors: rate_limited. */
export function perAddressWithin(app: App, max: number, timeWindow: number) {
  return perKey(app, max, (request) => networkOf(request.ip), timeWindow);
}

/** A limit by signed-in account and minute. Errors: rate_limited. */
export function perAccount(app: App, max: number): (request: FastifyRequest) => Promise<void> {
  return perKey(app, max, (request) => signedIn(request).user);
}

/** A limit by session and minute. Errors: rate_limited. */
export function perSession(app: App, max: number): (request: FastifyRequest) => Promise<void> {
  return perKey(app, max, (request) => signedIn(request).hash);
}

/** A limit by a field of the body, which a schema has made a text. Errors: rate_limited. */
export function perBodyField(app: App, field: string, { max, windowMs }: { max: number; windowMs: number }) {
  return perKey(app, max, (request) => String((request.body as Record<string, unknown>)[field]), windowMs);
}

function perKey(app: App, max: number, keyGenerator: (request: FastifyRequest) => string, timeWindow = WINDOW_MS) {
  const limiter = app.createRateLimit({ max, timeWindow, keyGenerator });
  return async (request: FastifyRequest): Promise<void> => {
    const count = await limiter(request);
    if (!count.isAllowed && count.isExceeded) throw new RateLimited(undefined, count.ttl);
  };
}
