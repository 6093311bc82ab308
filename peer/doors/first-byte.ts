/** What a client speaks, where text and TLS share a port. */

/** A record of TLS that begins a handshake (RFC 8446 5.1); no text begins so. */
const HANDSHAKE = 22;

export function beginsTls(first: Uint8Array): boolean {
  return first[0] === HANDSHAKE;
}

const HTTP = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) \S+ HTTP\//;

/** @param first the first bytes of a connection, with the whole of its first line where that is short */
export function beginsHttp(first: Buffer): boolean {
  return HTTP.test(first.toString('latin1', 0, 512));
}

/** What a browser is answered by a port that is not for it: 400 and one line of text. The connection is to be closed after it. */
export function notForBrowsers(text: string): string {
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text) + 1}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}\n`;
}
