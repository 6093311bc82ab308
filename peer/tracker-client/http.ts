import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { isParleyError } from '../../protocol/errors.js';
import type { Clock } from '../services.js';
import { ANSWER_MAX, failureAnswer } from './answers.js';
import { notATracker, refusal, timedOut, unreachable } from './failures.js';

const CONNECT_MS = 4_000;

/** A compiled schema. */
export interface Answer<T> {
  Check(value: unknown): value is T;
}

/** Runs `work` once after `ms`; the result cancels it. */
export interface Timers {
  after(ms: number, work: () => void): () => void;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Relative: `submit-info`, `devices?username=bob`. */
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
  /** To call from; the call ends once that port is free again. */
  readonly localPort?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface TrackerHttpOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** For the whole of a request and its answer. */
  readonly timeoutMs: number;
  /** For the connection, with TLS. */
  readonly connectMs?: number;
  /** An address of this machine to call from; absent: the system chooses. */
  readonly localAddress?: string | undefined;
  /** PEM of what to trust over https, besides nothing else. */
  readonly ca?: string | undefined;
  /** The `Date` of every answer, and when the request was sent and the answer's head came. */
  dated(date: string | undefined, sentAt: number, receivedAt: number): void;
}

/**
 * One JSON request, one checked JSON answer, bounded in size and time; redirects are not followed. Over node:http, since
 * the global `fetch` neither takes a CA nor leaves its connections to a peer of its own. A connection a request: beside
 * the events socket an idle one for each of thousands of peers would cost the tracker more than a new one now and then.
 */
export class TrackerHttp {
  readonly #options: TrackerHttpOptions;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(options: TrackerHttpOptions) {
    this.#options = options;
    const from = options.localAddress === undefined ? {} : { localAddress: options.localAddress };
    this.#http = new HttpAgent({ keepAlive: false, ...from });
    this.#https = new HttpsAgent({
      keepAlive: false,
      ...from,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
  }

  /** @throws TrackerRefusal, or ParleyError `tracker_unreachable`; when `signal` aborts, its reason */
  async call<T>(base: URL, call: Call, answer: Answer<T>): Promise<T> {
    return this.#exchange(base, call, (response, body) => readAnswer(base.href, response, body, answer));
  }

  /** The body of an answer that is no JSON. @throws as `call` */
  async text(base: URL, call: Call): Promise<string> {
    return this.#exchange(base, call, ({ statusCode = 0 }, body) => {
      if (statusCode !== 200) throw notATracker(base.href, `HTTP ${statusCode}`);
      return body;
    });
  }

  async #exchange<T>(base: URL, call: Call, read: (response: IncomingMessage, body: string) => T): Promise<T> {
    const url = base.href;
    const ended = new AbortController();
    const end = (): void => ended.abort();
    const cancel = this.#options.timers.after(this.#options.timeoutMs, end);
    try {
      call.signal?.throwIfAborted();
      call.signal?.addEventListener('abort', end);
      const sentAt = this.#options.clock.now();
      const response = await responseOf(this.#send(base, call, ended.signal));
      this.#options.dated(response.headers.date, sentAt, this.#options.clock.now());
      const answer = read(response, await bodyOf(url, response));
      if (call.localPort !== undefined) await closed(response.socket);
      return answer;
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      if (ended.signal.aborted) throw timedOut(url);
      throw isParleyError(error) ? error : unreachable(url, error);
    } finally {
      cancel();
      call.signal?.removeEventListener('abort', end);
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #send(base: URL, call: Call, signal: AbortSignal): ClientRequest {
    const { method, path, body, token, localPort } = call;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept: 'application/json',
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const target = new URL(path, base);
    const options = { method, headers, signal, ...(localPort !== undefined && { localPort }) };
    const request =
      target.protocol === 'https:'
        ? httpsRequest(target, { ...options, agent: this.#https })
        : httpRequest(target, { ...options, agent: this.#http });
    this.#limitConnecting(request, target.protocol);
    return request.end(text);
  }

  /** A machine that is gone does not even refuse: the system would wait for minutes. */
  #limitConnecting(request: ClientRequest, protocol: string): void {
    const { timers, connectMs = CONNECT_MS } = this.#options;
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const cancel = timers.after(connectMs, () => {
        request.destroy(Object.assign(new Error('not connected in time'), { code: 'ETIMEDOUT' }));
      });
      socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', cancel);
      socket.once('close', cancel);
    });
  }
}

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    // Stays on: an error after the answer's head comes here as well, and is told by the body's reader.
    request.on('error', reject);
    // Of an answer that changes the protocol Node tells nothing but the end. After an answer it is no news.
    request.on('close', () => reject(new Error('it closed the connection without an answer')));
  });
}

/** The server closes first; one that does not is cut off by the limit of the call. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
}

async function bodyOf(url: string, response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the response, and with it the connection.
    if (size > ANSWER_MAX) throw notATracker(url, 'its answer does not end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readAnswer<T>(url: string, { statusCode = 0, headers }: IncomingMessage, body: string, answer: Answer<T>): T {
  if (statusCode >= 300 && statusCode < 400) throw notATracker(url, 'it leads elsewhere');
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw notATracker(url, `HTTP ${statusCode} without JSON`);
  }
  if (failureAnswer.Check(value)) throw refusal(value, headers['retry-after']);
  if (statusCode !== 200 && statusCode !== 201) throw notATracker(url, `HTTP ${statusCode}`);
  if (!answer.Check(value)) throw notATracker(url, 'its answer has another form');
  return value;
}

/**
 * How far our clock is ahead of the tracker's (negative: behind), by the `Date` of an answer that came between `sentAt` and
 * `receivedAt`. To the second, give or take half the round trip. Undefined when the answer tells no time.
 */
export function clockSkew(date: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  // HTTP dates are cut to the second: on average half of one is missing.
  return Math.round((sentAt + receivedAt) / 2 - (theirs + 500));
}
