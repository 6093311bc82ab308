/** What a proxy measures, and the port where it is read: one of its own, so that no path of a tracker is taken. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import { Durations } from '../metrics.js';
import { StartError, systemCode } from '../start-error.js';
import type { Pool } from './pool.js';

export interface ProxyMetrics {
  observe(method: string, backend: string, status: number, seconds: number): void;
  retried(): void;
  /** Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createProxyMetrics(
  pool: Pool,
  counts: { sockets(): number; connections(): Promise<number> },
): ProxyMetrics {
  const registry = new Registry();
  const registers = [registry];
  const durations = new Durations(
    'parley_proxy_request_duration_seconds',
    'How long backends took to answer; the route is the backend',
  );
  const retries = new Counter({
    name: 'parley_proxy_retries_total',
    help: 'Requests sent to another backend',
    registers,
  });
  for (const [name, help, read] of [
    ['parley_proxy_backend_up', 'Whether a backend is used', (isUp: boolean) => Number(isUp)],
    ['parley_proxy_backend_load', 'Requests under way and WebSockets', (_isUp: boolean, load: number) => load],
  ] as const) {
    new Gauge({
      ...{ name, help, registers, labelNames: ['backend'] as const },
      collect() {
        for (const { name: backend, isUp, load } of pool.backends) this.set({ backend }, read(isUp, load));
      },
    });
  }
  new Gauge({
    ...{ name: 'parley_proxy_websockets', help: 'Open WebSockets', registers },
    collect() {
      this.set(counts.sockets());
    },
  });
  new Gauge({
    ...{ name: 'parley_proxy_connections', help: 'Open connections of clients', registers },
    async collect() {
      this.set(await counts.connections());
    },
  });
  return {
    observe: (method, backend, status, seconds) => durations.observe(method, backend, status, seconds),
    retried: () => retries.inc(),
    text: async () => `${await registry.metrics()}${durations.text()}`,
    contentType: registry.contentType,
  };
}

export interface MetricsPort {
  readonly port: number;
  close(): Promise<void>;
}

/** `/metrics`, and `/healthz` for a balancer before this one. Errors: StartError. */
export async function openMetricsPort(
  { host, port }: { host: string; port: number },
  metrics: ProxyMetrics,
  isReady: () => boolean,
): Promise<MetricsPort> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8'): void =>
      void response.writeHead(status, { 'content-type': type }).end(body);
    if (request.method !== 'GET') return answer(405, 'Use GET.\n');
    if (request.url === '/healthz') return isReady() ? answer(200, 'ok\n') : answer(503, 'no tracker answers\n');
    if (request.url !== '/metrics') return answer(404, 'See /metrics.\n');
    metrics.text().then(
      (text) => answer(200, text, metrics.contentType),
      () => answer(500, 'The metrics could not be read.\n'),
    );
  });
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new StartError(
          `The metrics cannot be served at ${host}:${port} (${systemCode(error) ?? 'unknown'}). Choose another --metrics-port.`,
          { cause: error },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
