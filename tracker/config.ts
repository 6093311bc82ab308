import type { Limits } from './settings.js';
import type { Timings } from './timings.js';

/** How a tracker is started. What its owner edits afterwards is in settings.json. */
export interface TrackerConfig {
  host: string;
  /** 0: one that is free. */
  port: number;
  dataDir: string;
  /** Files in PEM. */
  tls?: { certFile: string; keyFile: string } | undefined;
  /** Reverse proxies to trust besides those of settings.json: addresses, CIDR blocks, `loopback`. */
  trustedProxies?: readonly string[] | undefined;
  /** For tests and benchmarks: other than the defaults, and than those of settings.json. */
  timings?: Partial<Timings> | undefined;
  limits?: Partial<Limits> | undefined;
}
