/**
 * The limit of the benchmark of a channel: members that do nothing but read lines from a TLS socket, and one that writes each line to
 * all of them. Arguments: `hear` and how many sockets are to come, or `write` and the ports, one for each socket.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { mutualTls } from './process.js';
import { Hearing, onOrder, steadyMs, tell } from '../channel-crowd.js';

const TEXT = 'm'.repeat(190);
const SAID = /^(\d+)\.(\d+) /;

const [key = '', certificate = '', role = '', ...rest] = process.argv.slice(2);
const tls = mutualTls(key, certificate);
if (role === 'hear') await hear(Number(rest[0]));
else await write(rest.map(Number));

async function hear(members: number): Promise<void> {
  const hearing = new Hearing(members);
  const server = createServer(tls.server);
  server.on('secureConnection', (socket) => {
    let part = '';
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (part + chunk).split('\n');
      part = lines.pop() ?? '';
      for (const line of lines) {
        const said = SAID.exec(line);
        if (said) hearing.heard(Number(said[1]), Number(said[2]));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onOrder((order) => {
    if (order.order === 'expect') hearing.expect(order.run, order.count);
  });
  tell({ event: 'ready', port: (server.address() as AddressInfo).port });
}

async function write(ports: readonly number[]): Promise<void> {
  const sockets: TLSSocket[] = [];
  for (const port of ports) {
    const socket = connect({ ...tls.client, port });
    socket.setNoDelay(true);
    await once(socket, 'secureConnect');
    sockets.push(socket);
  }
  onOrder((order) => {
    if (order.order !== 'write') return;
    const { run, from, to } = order;
    const times: number[] = [];
    let lines = '';
    for (let index = from; index < to; index += 1) {
      times.push(steadyMs());
      lines += `${run}.${index} ${TEXT}\n`;
    }
    // Joined, as near-end.ts does; one line alone goes at once.
    for (const socket of sockets) socket.write(lines);
    tell({ event: 'written', run, at: times });
  });
  tell({ event: 'ready' });
}
