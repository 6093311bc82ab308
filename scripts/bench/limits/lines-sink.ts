/**
 * The bare catch-up's second process: on `GET /?to=PATH` it takes lines of JSON from the first one over TLS 1.3, writes each as a row of
 * one table of SQLite, a thousand in a transaction, and syncs them. The answer tells how many.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import type { Entry } from '../../../protocol/entry.js';
import { BareStore } from '../bare-store.js';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const TRANSACTION = 1_000;

const [key = '', certificate = '', port = ''] = process.argv.slice(2);
endWithParent();
const { client } = mutualTls(key, certificate);

const server = createServer((request, response) => {
  take(new URL(request.url ?? '', 'http://localhost').searchParams.get('to') ?? '').then(
    (count) => response.end(String(count)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1');
await listening(server);
ready({ http: (server.address() as AddressInfo).port });

async function take(path: string): Promise<number> {
  const store = new BareStore(path);
  const socket = connect({ ...client, port: Number(port) });
  try {
    await once(socket, 'secureConnect');
    socket.write('plain');
    let count = 0;
    let entries: Entry[] = [];
    const flush = (): void => {
      store.write(entries);
      store.sync();
      count += entries.length;
      entries = [];
    };
    for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
      entries.push(JSON.parse(line) as Entry);
      if (entries.length === TRANSACTION) flush();
    }
    flush();
    return count;
  } finally {
    store.close();
  }
}
