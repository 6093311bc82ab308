/** One delivery of an outgoing webhook: a signed POST, bounded in time and size, which goes nowhere but where it may. */
import { createHmac } from 'node:crypto';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { deadline } from '../clock/deadline.js';

export interface Delivery {
  readonly url: string;
  readonly key: string;
  /** Whether it may go to this machine and its own network. */
  readonly local: boolean;
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Outcome =
  | { readonly kind: 'delivered' }
  /** The receiver does not want this one; the next one may be wanted. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

const TIMEOUT_MS = 10_000;

/** `v1=` and the HMAC-SHA256, in hex, over the timestamp (seconds since 1970), a full stop and the body. */
export function signature(key: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Redirects are not followed, and what is answered is not read. Never rejects. */
export function deliver({ url: text, key, local, id, body, now }: Delivery, signal: AbortSignal): Promise<Outcome> {
  const url = new URL(text);
  const own = local ? undefined : localHost(url);
  if (own !== undefined) return Promise.resolve(localRefused(own));
  const timestamp = String(Math.floor(now / 1000));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Parley',
    'parley-delivery': id,
    'parley-timestamp': timestamp,
    'parley-signature': signature(key, timestamp, body),
  };
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const limit = deadline(TIMEOUT_MS, signal);
  return new Promise((resolve) => {
    // Looked at where the name is looked up: one that leads elsewhere the second time leads nowhere.
    const lookup = local ? {} : { lookup: lookupElsewhere };
    const sent = request(url, { method: 'POST', headers, agent: false, signal: limit.signal, ...lookup });
    sent.on('response', (answer) => {
      const { statusCode: status = 0 } = answer;
      answer.destroy();
      if (status >= 200 && status < 300) return resolve({ kind: 'delivered' });
      const why = `It answered HTTP ${status}.`;
      const later = status >= 500 || status === 408 || status === 425 || status === 429;
      resolve({ kind: later ? 'failed' : 'refused', why });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.message === LOCAL) return resolve(localRefused(hostOf(url)));
      const why = limit.signal.aborted
        ? 'It did not answer in time.'
        : `It could not be reached (${error.code ?? error.message}).`;
      resolve({ kind: 'failed', why });
    });
    // After an answer or an error it says nothing new; what answers with another protocol gives neither.
    sent.on('close', () => {
      limit.end();
      resolve({ kind: 'failed', why: 'It closed the connection without an answer.' });
    });
    sent.end(body);
  });
}

/** The host, where it is of this machine or its own network by the address alone; other names are looked at when they are looked up. */
export function localHost(url: URL): string | undefined {
  const host = hostOf(url);
  // A name that leads here by its own definition (RFC 6761).
  const isOwnName = /^(?:.+\.)?localhost\.?$/.test(host);
  return isOwnName || (isIP(host) !== 0 && isLocalAddress(host)) ? host : undefined;
}

/** In the one way of writing that all others of an address become. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function localRefused(host: string): Outcome {
  const why = `${host} is in the own network. Make the hook anew, and allow that, if it is meant.`;
  return { kind: 'failed', why };
}

const LOCAL = 'an address of the own network';

/** As the system looks a name up, but a name that leads to this machine or its own network leads nowhere. */
export const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, [], 0);
    const addresses: readonly LookupAddress[] = found;
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isLocalAddress(address))) return callback(new Error(LOCAL), [], 0);
    if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  });
};

const local = new BlockList();
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const),
])
  local.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 96],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
  ['64:ff9b:1::', 48],
] as const)
  local.addSubnet(net, bits, 'ipv6');

/** Of this machine, its own network, or of none that the internet knows; also as IPv6 writes an address of IPv4. */
export function isLocalAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  if (isIP(plain) === 4) return local.check(plain, 'ipv4');
  const inner = embedded(plain);
  return inner !== undefined ? local.check(inner, 'ipv4') : local.check(plain, 'ipv6');
}

/** `::ffff:a.b.c.d` and `64:ff9b::a.b.c.d`, in any way of writing. */
function embedded(address: string): string | undefined {
  const { hostname } = new URL(`http://[${address}]/`);
  const [, high, low] = /^\[(?:::ffff|64:ff9b:):([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
