/** Backends that are no trackers, but answer as the proxy's checks expect, and else as a test wants. And proxies to undo. */
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { silent } from '../testing/test-tracker.js';
import { defaultProxyTimings, type ProxyConfig } from './config.js';
import { startProxy, type Proxy } from './proxy.js';

/** Long where nothing is to happen, short where a test waits for it. */
const timings = { ...defaultProxyTimings, answer: 30_000, healthEvery: 60_000, health: 20_000, stop: 30_000 };

export class TestProxies {
  readonly #undo: (() => unknown)[] = [];

  async start(backends: readonly string[], more: Partial<ProxyConfig> = {}): Promise<Proxy> {
    const config = { host: '127.0.0.1', port: 0, policy: 'failover', trustedProxies: [], timings } as const;
    const proxy = await startProxy({ ...config, backends, ...more, timings: { ...timings, ...more.timings } }, silent);
    this.#undo.push(() => proxy.close());
    return proxy;
  }

  /** Answers checks by itself, `/me` with 401, and the rest by `handler`. */
  async http(handler: http.RequestListener, port = 0): Promise<string> {
    const server = http.createServer((request, response) => {
      if (request.url === '/healthz') return void response.end('{"status":"success"}');
      if (request.url === '/ca') return void response.end('the same CA');
      if (request.url === '/me') return void response.writeHead(401).end();
      handler(request, response);
    });
    return this.#listen(server, port);
  }

  /** Each connection as it comes, after checks have been answered on connections of their own. */
  async tcp(handler: (socket: Socket, head: string) => void): Promise<string> {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        const head = data.toString('latin1');
        if (head.startsWith('GET /healthz')) socket.end(answer('{"status":"success"}'));
        else if (head.startsWith('GET /ca')) socket.end(answer('the same CA'));
        else handler(socket, head);
      });
    });
    return this.#listen(server, 0);
  }

  async clean(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  async #listen(server: net.Server, port: number): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.#undo.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

export function answer(body: string, head = 'HTTP/1.1 200 OK'): string {
  return `${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

/** What a client of JSON is told. */
export async function told(
  url: string,
  init?: RequestInit,
): Promise<{ status: number; code: string; message: string }> {
  const response = await fetch(url, init);
  const { code, message } = (await response.json()) as { code: string; message: string };
  return { status: response.status, code, message };
}
