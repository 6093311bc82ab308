/** The bare file transfer's first process: whoever connects gets the file over TLS 1.3, from the disk, and hashed on the way if asked. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createServer, type TLSSocket } from 'node:tls';
import { BothHashes } from './both-hashes.js';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const READ_BYTES = 1024 * 1024;

const [key = '', certificate = '', path = ''] = process.argv.slice(2);
endWithParent();

const server = createServer(mutualTls(key, certificate).server);
server.on('secureConnection', (socket) => void serve(socket).catch(() => socket.destroy()));
server.listen(0, '127.0.0.1');
await listening(server);
ready({ tls: (server.address() as AddressInfo).port });

async function serve(socket: TLSSocket): Promise<void> {
  const [wish] = (await once(socket, 'data')) as [Buffer];
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  if (wish.toString() !== 'hashed') return pipeline(file, socket);
  const hashes = new BothHashes();
  await pipeline(
    file,
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hashes.update(piece);
        yield piece;
      }
      hashes.digest();
    },
    socket,
  );
}
