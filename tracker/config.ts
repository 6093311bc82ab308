import { EVENTS_CLOSE_GRACE_MS, PRESENCE_EXPIRY_MS } from '../protocol/limits.js';
import type { Limits, Settings } from './settings.js';

/** How a tracker is started. Its owner can edit the rest in settings.json. */
export interface TrackerConfig {
  host: string;
  /** 0: one that is free. */
  port: number;
  /** Another port, for `/reflect` alone; 0: one that is free. Absent: none. It is no fault of the start if it cannot be had. */
  reflectPort?: number | undefined;
  dataDir: string;
  /** Files in PEM. */
  tls?: { certFile: string; keyFile: string } | undefined;
  /** Reverse proxies to trust besides those of settings.json: addresses, CIDR blocks, `loopback`. */
  trustedProxies?: readonly string[] | undefined;
  /** Though it listens to this machine alone: by what stands before it. */
  othersGetIn?: boolean | undefined;
  /** Whether guests are let in; else settings.json says. */
  guests?: boolean | undefined;
  /** Who makes an account; else settings.json says. */
  registration?: Settings['registration'] | undefined;
  /** In place of `auto`, where settings.json says that. */
  autoRegistration?: 'open' | undefined;
  /** Addresses of all trackers that stand for one another, this one too; else settings.json says. */
  trackers?: readonly string[] | undefined;
  /** Present: one of several trackers over one store. */
  cluster?: ClusterConfig | undefined;
  /** A copy of a cluster, which this tracker goes on with alone, and the secret of that. Not with `cluster`. */
  imported?: { import: string; join?: string | undefined } | undefined;
  /** For tests and benchmarks: these replace the defaults, and what settings.json says. */
  timings?: Partial<Timings> | undefined;
  limits?: Partial<Limits> | undefined;
}

/** Either `members` or `nats` is given. */
export interface ClusterConfig {
  /** `host:port` of all trackers of it, this one too, with commas between. Each then runs a NATS server of its own. */
  members?: string | undefined;
  /** Addresses of NATS servers that run already. */
  nats?: string | undefined;
  /** On how many of those each record is kept; else 3. */
  replicas?: number | undefined;
  /** The secret that the first tracker has printed; it is kept in the data directory. */
  join?: string | undefined;
  /** The data directory of a tracker alone, or a copy of a cluster, all of which is put into the new cluster. */
  import?: string | undefined;
  /** The address at which peers reach this tracker, where that is not its name in `members`. */
  publicUrl?: string | undefined;
  /** Is given the secret of a new cluster, without which no other tracker can join it. */
  tellSecret?: ((secret: string) => void) | undefined;
  /** Ends the waiting for the others at the start. */
  signal?: AbortSignal | undefined;
}

/** All waiting times of the tracker, in milliseconds. */
export interface Timings {
  presenceExpiry: number;
  eventsCloseGrace: number;
  /** What has changed is told at once, and not again for so long: changes meanwhile are told together. */
  eventsWindow: number;
  eventsPing: number;
  /** How often who is told of a part of a large crowd is told of another part. */
  eventsRenewal: number;
  /** For the head of a request, and for all of it: so long a slow sender can hold a connection. */
  requestHead: number;
  request: number;
  /** For a TLS handshake. */
  handshake: number;
  /** A connection without a request, and one on which nothing moves. */
  keepAlive: number;
  idle: number;
  /** How often slow requests are looked for. */
  check: number;
  /** How long a stop waits for requests and sockets to end. */
  stop: number;
  /** How often expired sessions and letters are removed. */
  prune: number;
  /** How often last-seen times are written. */
  seen: number;
}

export const defaultTimings: Timings = {
  presenceExpiry: PRESENCE_EXPIRY_MS,
  eventsCloseGrace: EVENTS_CLOSE_GRACE_MS,
  eventsWindow: 50,
  eventsPing: 15_000,
  eventsRenewal: 300_000,
  requestHead: 10_000,
  request: 30_000,
  handshake: 10_000,
  keepAlive: 30_000,
  idle: 60_000,
  check: 5_000,
  stop: 5_000,
  prune: 3600_000,
  seen: 60_000,
};
