/** Bytes as they are, past every client that would refuse to send them. */
import net from 'node:net';

/** Sends the parts, and reads until the tracker closes. */
export function talk(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let read = '';
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => (read += data));
    // Who is refused before they have sent everything may be reset.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(read) : reject(error),
    );
    socket.on('close', () => resolve(read));
    for (const part of parts) socket.write(part);
  });
}

/** A masked frame of RFC 6455, with a mask of zeros. `first`: FIN, RSV and the opcode. */
export function frame(first: number, payload: Uint8Array, length = payload.length): Buffer {
  const head = length < 126 ? [first, 0x80 | length] : [first, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}
