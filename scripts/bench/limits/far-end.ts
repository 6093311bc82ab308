/** The bare chain's second process: TLS 1.3 in, one line a message; WebSocket out. Stores, checks and signs nothing. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const [key = '', certificate = ''] = process.argv.slice(2);
endWithParent();

let browser: WebSocket | undefined;
let connection: { cork(): void; uncork(): void } | undefined;
const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  browser = socket;
  connection = request.socket;
});

const server = createServer(mutualTls(key, certificate).server);
server.on('secureConnection', (link) => {
  let rest = '';
  link.setNoDelay(true);
  link.setEncoding('utf8');
  link.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    // One write a chunk, however many frames.
    connection?.cork();
    for (const line of lines) browser?.send(line);
    connection?.uncork();
  });
});
server.listen(0, '127.0.0.1');

await Promise.all([listening(server), listening(sockets)]);
ready({ tls: (server.address() as AddressInfo).port, ws: (sockets.address() as AddressInfo).port });
