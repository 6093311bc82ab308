/** Reflections at a real tracker, and at servers that lie, hang, or never close. */
import { once } from 'node:events';
import http from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { TestTrackers } from '../../tracker/testing/test-tracker.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Ask } from '../tracker-client/mailbox-api.js';
import { TrackerHttp } from '../tracker-client/http.js';
import { ReachApi } from '../tracker-client/reach-api.js';
import { freePort, reflectOnce, reflectTwice } from './reflect.js';

const trackers = new TestTrackers();
const servers: (Server | http.Server)[] = [];
const clients: TrackerHttp[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
  await trackers.clean();
});

function apiAt(url: string, token = 't'.repeat(43), timeoutMs = 5_000): ReachApi {
  const after = (ms: number, work: () => void) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  };
  const client = new TrackerHttp({
    clock: { now: () => Date.now() },
    timers: { after },
    timeoutMs,
    dated: () => undefined,
  });
  clients.push(client);
  const ask: Ask = (call) => call({ base: new URL(`${url}/`), token }, client);
  return new ReachApi(ask, 'x'.repeat(22) as DeviceId);
}

async function answering(answer: (url: string, count: number) => object | string): Promise<string> {
  let count = 0;
  const server = http.createServer((request, response) => {
    response.setHeader('connection', 'close');
    const body = answer(request.url ?? '', (count += 1));
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const said = (more: object) => ({ status: 'success', host: '203.0.113.15', port: 40_112, proxied: false, ...more });

describe('reflections', () => {
  test('without a router between, a port outside is the one here, and steady; it can be used again at once', async () => {
    const at = await trackers.start({ reflectPort: 0 });
    const { token } = await at.register('alice');
    const seen = await reflectTwice(apiAt(at.url, token));
    expect(seen).toEqual({ host: '127.0.0.1', port: seen.localPort, localPort: seen.localPort, isSteady: true });
    const again = connect({ host: '127.0.0.1', port: at.tracker.port, localPort: seen.localPort });
    await once(again, 'connect');
    again.destroy();
  });

  test('a tracker with one port alone tells where, and not of which kind the router is', async () => {
    const at = await trackers.start();
    const { token } = await at.register('alice');
    expect(await reflectTwice(apiAt(at.url, token))).toMatchObject({ host: '127.0.0.1', isSteady: undefined });
    expect(await reflectOnce(apiAt(at.url, token))).toMatchObject({ host: '127.0.0.1', isSteady: undefined });
  });

  test('another port at the second place is a router that lets no holes be made', async () => {
    const second = await answering(() => said({ port: 50_001 }));
    const other = Number(new URL(second).port);
    expect((await reflectTwice(apiAt(await answering(() => said({ other_port: other }))))).isSteady).toBe(false);
    const elsewhere = await answering(() => said({ host: '203.0.113.16', port: 50_001 }));
    const first = await answering(() => said({ other_port: Number(new URL(elsewhere).port) }));
    expect((await reflectTwice(apiAt(first))).isSteady).toBeUndefined();
  });

  test('a second port that is shut, silent or no tracker tells nothing, and spoils nothing', async () => {
    const shut = await freePort();
    const silent = createServer().listen(0, '127.0.0.1');
    servers.push(silent);
    await once(silent, 'listening');
    const nonsense = Number(new URL(await answering(() => 'hello')).port);
    for (const other of [shut, (silent.address() as AddressInfo).port, nonsense]) {
      const api = apiAt(await answering(() => said({ other_port: other })), undefined, 500);
      expect(await reflectTwice(api)).toMatchObject({ host: '203.0.113.15', port: 40_112, isSteady: undefined });
    }
  });

  test('a second port that is silent is waited for only a moment, however long a request may take', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    servers.push(silent);
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const api = apiAt(await answering(() => said({ other_port: port })), undefined, 3_600_000);
    expect(await reflectTwice(api)).toMatchObject({ port: 40_112, isSteady: undefined });
  });

  test('behind a proxy no port is told', async () => {
    const api = apiAt(await answering(() => said({ proxied: true, other_port: 1 })));
    expect(await reflectTwice(api)).toMatchObject({ port: undefined, isSteady: undefined });
  });

  test('who answers and never closes holds nobody up for ever', async () => {
    const body = JSON.stringify(said({}));
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(reflectOnce(apiAt(`http://127.0.0.1:${port}`, undefined, 300))).resolves.toMatchObject({
      port: 40_112,
    });
  });

  test('an answer of another form is refused', async () => {
    for (const wrong of [{ port: 0 }, { port: 70_000 }, { host: '' }, { host: 'x'.repeat(300) }, { proxied: 'no' }]) {
      await expect(reflectOnce(apiAt(await answering(() => said(wrong))))).rejects.toThrow(/not a tracker/);
    }
  });
});
