/** The doctor's own small HTTP client: one connection a question, every failure kept as it is, nothing followed. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Place } from './patient.js';

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most about `Question.bodyMax`; what is longer is cut. */
  readonly body: string;
  /** Whether it became another protocol. */
  readonly isUpgraded: boolean;
  /** By our clock, milliseconds since 1970. */
  readonly sentAt: number;
  readonly heardAt: number;
}

export interface Question {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ca?: string | undefined;
  /** With so much of the body it is answered. Bytes. */
  readonly bodyMax?: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

const BODY_MAX = 256 * 1024;

/** @throws the system's error, or that of TLS */
export function ask(place: Place, question: Question): Promise<Heard> {
  const { path, headers = {}, ca, bodyMax = BODY_MAX, signal, now } = question;
  return new Promise((resolve, reject) => {
    const sentAt = now();
    const send = place.isSecure ? httpsRequest : httpRequest;
    const asking = send(new URL(path, place.url), {
      ...{ headers, signal, agent: false },
      ...(place.isSecure && ca !== undefined && { ca }),
    });
    asking.once('error', reject);
    asking.once('upgrade', ({ headers: said }, socket) => {
      socket.on('error', () => undefined).destroy();
      resolve({ status: 101, headers: said, body: '', isUpgraded: true, sentAt, heardAt: now() });
    });
    asking.once('response', (response) => {
      const heardAt = now();
      const chunks: Buffer[] = [];
      let size = 0;
      const end = (): void => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0, headers: said } = response;
        resolve({ status, headers: said, body, isUpgraded: false, sentAt, heardAt });
        response.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > bodyMax) end();
      });
      response.once('end', end).once('error', reject);
    });
    asking.end();
  });
}

/** What the system, or TLS, calls an error. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
