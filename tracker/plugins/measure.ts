import type { FastifyRequest } from 'fastify';
import { isParleyError } from '../../protocol/errors.js';
import type { Metrics } from '../metrics.js';
import type { App } from './http-types.js';

/** Measures every response of the scope when it has been sent. */
export function measureResponses(app: App, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request.method, routeOf(request), reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

/**
 * The same for routes whose handlers call the returned function when they answer. A heart-beat is so short that a listener
 * for the end of its response would be a noticeable part of its cost.
 */
export function measureAnswers(app: App, metrics: Metrics): (request: FastifyRequest) => void {
  app.decorateRequest('startedAt', 0);
  app.addHook('onRequest', (request, _reply, done) => {
    request.startedAt = performance.now();
    done();
  });
  const observe = (request: FastifyRequest, status: number) => {
    metrics.observe(request.method, routeOf(request), status, (performance.now() - request.startedAt) / 1000);
  };
  app.addHook('onError', (request, _reply, error, done) => {
    observe(request, isParleyError(error) ? error.http : (error.statusCode ?? 500));
    done();
  });
  return (request) => observe(request, 200);
}

/** The pattern of a route, never the path: no label names a user. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}
