/**
 * Looks for the description of a router that speaks UPnP (SSDP, UPnP Device Architecture 1.1): asks the home's network, and believes the
 * router alone. Everybody there may answer, with whatever address.
 */
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import type { Home } from './types.js';

const GROUP = { host: '239.255.255.250', port: 1900 };
const SEARCH_MS = 2_000;
/** A packet may get lost, and some routers answer the first in a burst alone. Milliseconds. */
const AGAIN_MS = 600;
/** For as long an answer may be held back, in seconds: the least that the standard has. */
const WAIT_S = 1;
const TARGETS = [1, 2].map((version) => `urn:schemas-upnp-org:device:InternetGatewayDevice:${version}`);
const ROUTER = /^urn:schemas-upnp-org:(device:InternetGatewayDevice|service:WAN(IP|PPP)Connection):\d$/;
const PACKET_MAX = 2_048;
const ADDRESS_MAX = 512;

export interface SearchOptions {
  readonly home: Home;
  /** Where to ask; another place in tests. */
  readonly group?: { readonly host: string; readonly port: number };
  readonly limitMs?: number;
  readonly signal: AbortSignal;
}

/** Where the router describes itself: at its own address, by plain HTTP. Undefined: it did not answer. Never rejects. */
export function searchRouter({
  home,
  group = GROUP,
  limitMs = SEARCH_MS,
  signal,
}: SearchOptions): Promise<URL | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    let again: NodeJS.Timeout | undefined;
    let isOver = false;
    const end = (found?: URL): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(again);
      clearTimeout(limit);
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners('message').removeAllListeners('error');
      // One that nobody hears would end the process.
      socket.on('error', () => undefined).close();
      resolve(found);
    };
    const stop = (): void => end();
    const limit = setTimeout(stop, limitMs);
    signal.addEventListener('abort', stop, { once: true });
    socket.on('error', stop);
    socket.on('message', (bytes, from) => {
      const location = from.address === home.router ? locationIn(bytes, home.router) : undefined;
      if (location) end(location);
    });
    if (signal.aborted) return end();
    const ask = (): void => {
      for (const target of TARGETS) socket.send(question(target, group), group.port, group.host, () => undefined);
    };
    socket.bind({ port: 0, address: home.ours }, () => {
      if (isOver) return;
      // Without a way for multicast there is nobody to ask.
      try {
        socket.setMulticastInterface(home.ours);
      } catch {
        return end();
      }
      ask();
      again = setTimeout(ask, AGAIN_MS);
    });
  });
}

function question(target: string, { host, port }: { readonly host: string; readonly port: number }): string {
  const lines = ['M-SEARCH * HTTP/1.1', `HOST: ${host}:${port}`, 'MAN: "ssdp:discover"', `MX: ${WAIT_S}`];
  return [...lines, `ST: ${target}`, '', ''].join('\r\n');
}

/** @param router the only host that may be named */
export function locationIn(bytes: Uint8Array, router: string): URL | undefined {
  if (bytes.length > PACKET_MAX) return undefined;
  const [first = '', ...lines] = Buffer.from(bytes).toString('latin1').split('\r\n');
  if (!/^HTTP\/1\.[01] 200\b/.test(first)) return undefined;
  const field = (name: string): string | undefined => {
    const line = lines.find((each) => each.slice(0, name.length + 1).toLowerCase() === `${name}:`);
    return line?.slice(name.length + 1).trim();
  };
  if (!ROUTER.test(field('st') ?? '')) return undefined;
  return addressAt(field('location') ?? '', router);
}

/** The address, if it is one by plain HTTP at that host. @param base for one that is relative */
export function addressAt(text: string, host: string, base?: URL): URL | undefined {
  if (text === '' || text.length > ADDRESS_MAX || !URL.canParse(text, base?.href)) return undefined;
  const url = new URL(text, base);
  const isThere = url.protocol === 'http:' && isIPv4(url.hostname) && url.hostname === host;
  return isThere && url.username === '' && url.password === '' ? url : undefined;
}
