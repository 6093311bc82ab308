/** One try to get through to somebody who tries the same the other way round, from a port of which both know how it is seen outside. */
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { SeenAt } from '../../protocol/punch-messages.js';
import { canonical, kindOf } from './addresses.js';

/** The other side has so long to try as well. Milliseconds. */
export const CONNECT_MS = 3_000;
/** A router that refuses is asked again after at least so long, and so much longer at random: two that refuse each other must not go on in step. */
const AGAIN_MS = 100;
const AGAIN_MORE_MS = 200;
/** Refusals until it is given up: whoever is named as the other side in a lie is not asked for longer. */
const TRIES_MAX = 12;
/** What a router answers while the other side has not sent anything yet, and what came of the last try. */
const NOT_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EADDRINUSE', 'EADDRNOTAVAIL']);

/** Of IPv6 what is routed (2000::/3, of which 3fff::/20 is for documentation), in canonical form. */
const ROUTED6 = /^(?:2[0-9a-f]{3}|3(?!fff)[0-9a-f]{3}):/;
/** 6to4 and Teredo: behind such an address is one of IPv4, which may be any. */
const STANDS_FOR_IPV4 = /^(?:2002:|2001::|2001:0:)/;

export interface PunchFrom {
  /** Free, and seen outside as the other side knows. */
  readonly localPort: number;
  readonly target: SeenAt;
  readonly signal: AbortSignal;
  readonly random: () => number;
}

/**
 * Whether one connects to what the other side says of itself: an address of the world, at no port of the system's services. A private
 * one only if this side is seen at the same: both are in one home, or with one carrier.
 * @param own where this side is seen
 */
export function mayPunch(target: SeenAt, own: SeenAt): boolean {
  const [host, ownHost] = [canonical(target.host), canonical(own.host)];
  if (host === undefined || target.port < 1024 || host.includes(':') !== ownHost?.includes(':')) return false;
  const kind = kindOf(host);
  if (kind === 'private') return host === ownHost;
  return kind === 'public4' || (kind === 'public6' && ROUTED6.test(host) && !STANDS_FOR_IPV4.test(host));
}

/** @throws (rejects with) the last error, or an AbortError; then no socket is left. Who gets the socket listens for its errors at once */
export async function punchThrough({ localPort, target, signal, random }: PunchFrom): Promise<Socket> {
  const deadline = AbortSignal.timeout(CONNECT_MS);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const source of [signal, deadline]) source.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await connected(
          { ...target, localPort, noDelay: true, family: target.host.includes(':') ? 6 : 4 },
          stop.signal,
        );
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (stop.signal.aborted || tries >= TRIES_MAX || !NOT_YET.has(code)) throw error;
      }
      await pause(AGAIN_MS + random() * AGAIN_MORE_MS, stop.signal);
    }
  } finally {
    for (const source of [signal, deadline]) source.removeEventListener('abort', end);
  }
}

function connected(options: TcpNetConnectOpts, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const aborted = (): void => {
      socket.destroy();
      reject(new DOMException('The time is over.', 'AbortError'));
    };
    const settle = (): void => signal.removeEventListener('abort', aborted);
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('error', (error) => {
      settle();
      reject(error);
    });
    socket.once('connect', () => {
      settle();
      socket.removeAllListeners('error');
      resolve(socket);
    });
    if (signal.aborted) aborted();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
