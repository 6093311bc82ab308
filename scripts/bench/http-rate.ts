/** How many requests a second a server answers: connections that stay, each with one request at a time, written and read as bytes, so that the driver costs little. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: object;
}

const CONNECTIONS = 32;
const HEAD_END = Buffer.from('\r\n\r\n');

/** Errors: an answer that is not 200, a connection that ends. */
export async function rateOf(base: string, request: Request, ms: number): Promise<number> {
  const { hostname, port } = new URL(base);
  const bytes = bytesOf(request, `${hostname}:${port}`);
  const began = performance.now();
  let answered = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      try {
        await repeat(socket, bytes, () => {
          answered += 1;
          return performance.now() - began < ms;
        });
      } finally {
        socket.destroy();
      }
    }),
  );
  return answered / ((performance.now() - began) / 1000);
}

function bytesOf({ method, path, token, body }: Request, host: string): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
}

/** Resolves when `goOn`, asked after each answer, says no. */
function repeat(socket: Socket, request: string, goOn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    /** Bytes of the answer; 0 until its head is there. */
    let wanted = 0;
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      try {
        if (wanted === 0) wanted = sizeOf(chunks.length === 1 ? chunk : Buffer.concat(chunks));
      } catch (error) {
        return reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (wanted === 0 || size < wanted) return undefined;
      chunks = [];
      size = wanted = 0;
      return goOn() ? void socket.write(request) : resolve();
    });
    socket.write(request);
  });
}

/** Of head and body; 0 while the head is not complete. */
function sizeOf(answer: Buffer): number {
  const end = answer.indexOf(HEAD_END);
  if (end < 0) return 0;
  const head = answer.toString('latin1', 0, end);
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`an answer of the benchmark failed: ${answer.toString()}`);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length === undefined) throw new Error('an answer of the benchmark has no length');
  return end + HEAD_END.length + Number(length);
}
