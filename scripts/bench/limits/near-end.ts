/** The bare chain's first process: WebSocket in, TLS 1.3 out, one line a message. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { WebSocketServer } from 'ws';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const [key = '', certificate = '', port = ''] = process.argv.slice(2);
endWithParent();

const link = connect({ ...mutualTls(key, certificate).client, port: Number(port) });
link.setNoDelay(true);
await once(link, 'secureConnect');

// Joined, one write a turn of the event loop: one write a line takes six times as long.
let lines = '';
const flush = (): void => {
  link.write(lines);
  lines = '';
};
const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    if (lines === '') setImmediate(flush);
    lines += `${data.toString()}\n`;
  });
});
await listening(sockets);
ready({ ws: (sockets.address() as AddressInfo).port });
