/**
 * How the routers on the way change this peer's connections, told by the tracker: under which address it is seen, and whether one
 * local port has one port outside, or another one for each destination.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Reflected } from '../../protocol/reach.js';
import { deadline } from '../clock/deadline.js';
import type { ReachApi } from '../tracker-client/reach-api.js';

export interface Reflection {
  /** The address that this peer is seen at. */
  readonly host: string;
  /** The port outside for `localPort`. Undefined behind a proxy, whose port it would be. */
  readonly port: number | undefined;
  readonly localPort: number;
  /**
   * Whether another port of the tracker saw the same port for it: true for routers that let holes be made, false for those
   * that use a new port for each destination. Undefined where there is no second port to ask, or it does not answer.
   */
  readonly isSteady: boolean | undefined;
}

/**
 * A local port that nobody uses. It may be taken by another program before it is used: whoever connects from it must be ready for
 * EADDRINUSE. (Connecting without a port and asking for it later would not do, for it has to be used again.)
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks once, from a port that is free again afterwards. @throws as `TrackerHttp.call` */
export async function reflectOnce(api: Pick<ReachApi, 'reflect'>, signal?: AbortSignal): Promise<Reflection> {
  const localPort = await freePort();
  const { host, port, proxied } = await api.reflect({ localPort, signal });
  return { host, port: proxied ? undefined : port, localPort, isSteady: undefined };
}

/** For the second port, which may be shut by a firewall that drops what comes. Milliseconds. */
const OTHER_MS = 1_500;

/** Asks at both ports of the tracker. @throws as `TrackerHttp.call`, when the first does not answer */
export async function reflectTwice(api: Pick<ReachApi, 'reflect'>, signal?: AbortSignal): Promise<Reflection> {
  const localPort = await freePort();
  const first = await api.reflect({ localPort, signal });
  const { host, port, proxied, other_port: otherPort } = first;
  if (proxied || otherPort === undefined)
    return { host, port: proxied ? undefined : port, localPort, isSteady: undefined };
  const limit = deadline(OTHER_MS, signal);
  const asked = api.reflect({ localPort, otherPort, signal: limit.signal });
  const other = await asked.catch(() => undefined).finally(() => limit.end());
  return { host, port, localPort, isSteady: other && isSame(first, other) };
}

/** Who comes out at another address is seen by another router: that tells nothing of ports. */
function isSame(first: Reflected, other: Reflected): boolean | undefined {
  return first.host === other.host && !other.proxied ? first.port === other.port : undefined;
}
