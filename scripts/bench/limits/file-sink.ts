/**
 * The bare file transfer's second process: on `GET /?to=PATH&source=plain|hashed` it takes the file from the first one over TLS 1.3,
 * hashes the whole and each chunk, writes it, and syncs it. The answer tells both hashes.
 */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { BothHashes } from './both-hashes.js';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const WRITE_BYTES = 1024 * 1024;

const [key = '', certificate = '', port = ''] = process.argv.slice(2);
endWithParent();
const { client } = mutualTls(key, certificate);

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  take(searchParams.get('to') ?? '', searchParams.get('source') ?? '').then(
    (hashes) => response.end(JSON.stringify(hashes)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1');
await listening(server);
ready({ http: (server.address() as AddressInfo).port });

async function take(path: string, source: string): Promise<{ sha256: string; chunks: string }> {
  const socket = connect({ ...client, port: Number(port) });
  await once(socket, 'secureConnect');
  const file = await open(path, 'w', 0o600);
  try {
    socket.write(source);
    const hashes = new BothHashes();
    let writing: Promise<unknown> = Promise.resolve();
    let pieces: Buffer[] = [];
    let length = 0;
    // Joined: TLS gives 16 KiB at a time. One is written while the next one comes.
    const flush = async (): Promise<void> => {
      const [write, bytes] = [pieces, length];
      [pieces, length] = [[], 0];
      await writing;
      writing = bytes === 0 ? Promise.resolve() : file.writev(write);
    };
    for await (const piece of socket as AsyncIterable<Buffer>) {
      hashes.update(piece);
      pieces.push(piece);
      length += piece.length;
      if (length >= WRITE_BYTES) await flush();
    }
    await flush();
    await writing;
    await file.sync();
    return hashes.digest();
  } finally {
    await file.close();
  }
}
