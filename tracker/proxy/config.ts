/** How a proxy is started, and its bounds. */
import { TRACKER_BODY_MAX } from '../../protocol/limits.js';
import { defaultTimings, type Timings } from '../config.js';
import { StartError } from '../start-error.js';

/**
 * `failover`: all at one tracker, the next one when it fails, and back only when that one fails: for trackers that share nothing, whose
 * users would not see each other otherwise. The others spread new sessions, for trackers that share their data.
 */
export const POLICIES = ['failover', 'round-robin', 'least-connections'] as const;
export type Policy = (typeof POLICIES)[number];

export interface ProxyConfig {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Origins of trackers, `http://127.0.0.1:8001`. */
  readonly backends: readonly string[];
  readonly policy: Policy;
  /** PEM of what to trust at a backend over https, besides nothing else. */
  readonly backendCa?: string | undefined;
  /** Files in PEM. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Proxies before this one whose X-Forwarded-* is believed. */
  readonly trustedProxies: readonly string[];
  /** Where its metrics are read; absent: nowhere. */
  readonly metrics?: { readonly host: string; readonly port: number } | undefined;
  readonly timings: ProxyTimings;
  readonly bounds?: Partial<ProxyBounds> | undefined;
}

/** In milliseconds. */
export interface ProxyTimings extends Pick<Timings, 'requestHead' | 'request' | 'handshake' | 'keepAlive' | 'check'> {
  /** So long nothing may move on a connection, a WebSocket included. */
  readonly idle: number;
  /** So long a backend may be silent before it has answered, and between two parts of an answer. */
  readonly answer: number;
  /** So long the whole of an answer may take. */
  readonly wholeAnswer: number;
  /** From one health check to the next, and how long one may take. */
  readonly healthEvery: number;
  readonly health: number;
  /** How long a stop waits for requests under way. */
  readonly stop: number;
}

export const defaultProxyTimings: ProxyTimings = {
  ...defaultTimings,
  // Shorter than the patience of peers (10 s), so that they hear why.
  answer: 8_000,
  wholeAnswer: 120_000,
  healthEvery: 2_000,
  health: 2_000,
};

export interface ProxyBounds {
  /** Bytes of one body: what a tracker takes. Bodies are read whole, so that a slow sender holds no backend. */
  readonly body: number;
  /** Bodies in memory at once. */
  readonly bodies: number;
  readonly connections: number;
  /** Requests to backends under way: also those whose client has gone. */
  readonly requests: number;
  /** Connections to one backend, without WebSockets. */
  readonly perBackend: number;
  /** Sessions whose backend is remembered. */
  readonly sessions: number;
}

export const defaultProxyBounds: ProxyBounds = {
  body: TRACKER_BODY_MAX,
  bodies: 1024,
  connections: 20_000,
  requests: 4096,
  perBackend: 512,
  sessions: 50_000,
};

/** Errors: StartError. */
export function backendUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username)
    throw new StartError(
      `"${text}" is not the address of a tracker. --backend looks like http://127.0.0.1:8001, without a path.`,
    );
  return url;
}
