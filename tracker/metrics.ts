/** What the tracker measures of itself, in the text format of Prometheus. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, Registry } from 'prom-client';

/** Of a relay: open now, and bytes since the start. */
export interface RelayGauges {
  circuits(): number;
  relayedBytes(): number;
}

/** Values that are read when the metrics are asked for. */
export interface Gauges extends RelayGauges {
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
  addRelayGauges(registers, gauges);
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

/** Also of a relay that is no tracker. */
export function addRelayGauges(registers: Registry[], gauges: RelayGauges): void {
  gauge(registers, 'parley_circuits', 'Open circuits of the relay', () => gauges.circuits());
  gauge(registers, 'parley_relayed_bytes', 'Bytes that the relay has handed on', () => gauges.relayedBytes());
  gauge(registers, 'parley_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
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

/** Upper bounds in seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

interface Series {
  readonly labels: string;
  /** How many durations have this bucket as their smallest. The last one counts those above all bounds. */
  readonly counts: number[];
  sum: number;
}

/**
 * A Prometheus histogram of request durations. That of prom-client hashes and checks the labels at every observation; when
 * measured, this was one of the largest costs of a heart-beat. This one only counts, and does the rest when it is read.
 */
export class Durations {
  readonly #series = new Map<string, Series>();

  constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  observe(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${status} ${route}`;
    let series = this.#series.get(key);
    if (!series) {
      const labels = `method="${escape(method)}",route="${escape(route)}",status="${status}"`;
      series = { labels, counts: new Array<number>(BUCKETS.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  /** In the text format of Prometheus. */
  text(): string {
    const lines = [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} histogram`];
    for (const { labels, counts, sum } of this.#series.values()) {
      let below = 0;
      for (const [at, count] of counts.entries()) {
        below += count;
        lines.push(`${this.name}_bucket{${labels},le="${BUCKETS[at] ?? '+Inf'}"} ${below}`);
      }
      lines.push(`${this.name}_sum{${labels}} ${sum}`, `${this.name}_count{${labels}} ${below}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

function escape(label: string): string {
  return label.replace(/["\\\n]/g, '_');
}
