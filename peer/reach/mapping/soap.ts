/** One question to a router over HTTP. Nothing is followed, nothing is kept open, and what is longer or slower than a router is given up. */
import { request } from 'node:http';
import { deadline } from '../../clock/deadline.js';

export interface Said {
  readonly status: number;
  readonly body: string;
}

export interface Asked {
  /** To be posted; without one it is read. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
  readonly signal: AbortSignal;
}

/** Descriptions are some 5 to 20 KiB. Bytes. */
const BODY_MAX = 64 * 1024;
const HEADERS_MAX = 8 * 1024;
const ANSWER_MS = 2_000;

/** @throws the system's error, or `AbortError`, and for an answer that is too long */
export function askRouter(url: URL, { body, headers = {}, limitMs = ANSWER_MS, signal }: Asked): Promise<Said> {
  return new Promise((resolve, reject) => {
    const limit = deadline(limitMs, signal);
    const sent = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const asking = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...sent, connection: 'close' },
      ...{ agent: false, maxHeaderSize: HEADERS_MAX, signal: limit.signal },
    });
    // Also what comes after the answer is complete: one that nobody hears would end the process.
    asking.on('error', reject);
    // Also after an answer that is none, such as a change of protocol; by then mostly it is known.
    asking.once('close', () => {
      limit.end();
      reject(new Error('The router has ended the connection.'));
    });
    asking.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > BODY_MAX) asking.destroy(new Error('The router says too much.'));
      });
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    asking.end(body);
  });
}
