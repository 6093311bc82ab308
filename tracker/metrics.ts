import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, Registry } from 'prom-client';
import { Durations } from './durations.js';

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

const NANOSECONDS = 1e9;

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const durations = new Durations('parley_http_request_duration_seconds', 'How long requests took, by route');
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
  return {
    observe: (method, route, status, seconds) => durations.observe(method, route, status, seconds),
    text: async () => `${await registry.metrics()}${durations.text()}`,
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
