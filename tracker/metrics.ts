import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, Histogram, Registry } from 'prom-client';

/** What is measured when somebody asks. */
export interface Gauges {
  peers(): number;
  sockets(): number;
  sessions(): Promise<number>;
  accounts(): Promise<number>;
}

export interface Metrics {
  /** `route` is the pattern, never the path: no label names a user. */
  observe(method: string, route: string, status: number, seconds: number): void;
  /** Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
  stop(): void;
}

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const NANOSECONDS = 1e9;

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const durations = new Histogram({
    name: 'parley_http_request_duration_seconds',
    help: 'How long requests took, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  gauge(registers, 'parley_peers_online', 'Peers on the list', () => gauges.peers());
  gauge(registers, 'parley_events_sockets', 'Open /events sockets', () => gauges.sockets());
  gauge(registers, 'parley_sessions', 'Sessions that have not ended', () => gauges.sessions());
  gauge(registers, 'parley_accounts', 'Accounts', () => gauges.accounts());
  gauge(registers, 'parley_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  gauge(registers, 'parley_event_loop_delay_p99_seconds', 'Delay of the event loop since the last reading', () => {
    const delay = loop.percentile(99) / NANOSECONDS;
    loop.reset();
    return delay;
  });
  // Finding a series by its labels costs more than observing it.
  const series = new Map<string, { observe(seconds: number): void }>();
  return {
    observe(method, route, status, seconds) {
      const key = `${method} ${status} ${route}`;
      let found = series.get(key);
      if (!found) series.set(key, (found = durations.labels(method, route, String(status))));
      found.observe(seconds);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    stop: () => loop.disable(),
  };
}

function gauge(registers: Registry[], name: string, help: string, read: () => number | Promise<number>): void {
  new Gauge({
    name,
    help,
    registers,
    async collect() {
      this.set(await read());
    },
  });
}
