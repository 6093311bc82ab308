import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** An HTTP answer on a connection that no route has, then its end. */
export function refuse(connection: Duplex, http: number, code: string, message: string): void {
  if (!connection.writable) return void connection.destroy();
  const body = JSON.stringify({ status: 'failed', code, message });
  const head = [
    `HTTP/1.1 ${http} ${STATUS_CODES[http] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
