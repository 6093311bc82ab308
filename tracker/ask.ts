/** Small questions of a proxy or a tracker to another server: is it well, whose session is this. Bounded in time and size. */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { systemCode } from './start-error.js';

const ANSWER_MAX = 64 * 1024;

export interface Agents {
  readonly 'http:': HttpAgent;
  readonly 'https:': HttpsAgent;
}

/** How backends are reached. */
export interface Transport {
  readonly agents: Agents;
  /** PEM of what to trust over https, besides nothing else. */
  readonly ca: string | undefined;
}

/**
 * A connection a request: of one that was kept nobody knows, when it breaks off, whether the request had arrived, and what changes
 * something could not be sent elsewhere. Over https certificates are checked, which the plugin's own agents do not.
 */
export function makeTransport(maxSockets: number, ca: string | undefined): Transport {
  const bounds = { keepAlive: false, maxSockets };
  const http = new HttpAgent(bounds);
  const https = new HttpsAgent({ ...bounds, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) });
  return { agents: { 'http:': withoutUpgrades(http), 'https:': withoutUpgrades(https) }, ca };
}

interface Adding {
  addRequest: (request: ClientRequest, ...rest: unknown[]) => void;
}

/**
 * Nobody asks over an agent for another protocol. Where an answer changes it all the same, Node ends the connection and tells the request
 * neither of an answer nor of an error: who waits for one of them would wait for ever.
 */
function withoutUpgrades<A extends HttpAgent>(agent: A): A {
  // Of all agents, though their types do not say so.
  const adding = agent as A & Adding;
  const add = adding.addRequest.bind(agent);
  adding.addRequest = (request, ...rest) => {
    request.once('upgrade', (_answer, socket) => {
      socket.destroy();
      request.emit('error', new Error('it changed the protocol, which nobody had asked for'));
    });
    add(request, ...rest);
  };
  return agent;
}

/** One request over a connection of its own. */
export function requestAlone(url: URL, { ca }: Transport, options: RequestOptions): ClientRequest {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return request(url, { ...options, agent: false, ...(ca === undefined ? {} : { ca }) });
}

export interface Asked {
  readonly status: number;
  readonly body: string;
}

/** @throws what went wrong, an Error */
export function ask(
  base: URL,
  path: string,
  { transport, ms, headers = {} }: { transport: Transport; ms: number; headers?: OutgoingHttpHeaders },
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ms);
    const failed = (error: Error): void => reject(signal.aborted ? silence(ms) : error);
    const sent = requestAlone(new URL(path, base), transport, { headers: { ...headers, connection: 'close' }, signal });
    sent.on('response', (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        body += part;
        if (body.length > ANSWER_MAX) answer.destroy(new Error('its answer does not end'));
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.on('error', failed);
    });
    sent.on('error', failed);
    // Of an answer that changes the protocol Node tells nothing but the end. After an answer it is no news.
    sent.on('close', () => failed(new Error('it closed the connection without an answer')));
    sent.end();
  });
}

function silence(ms: number): Error {
  return new Error(`no answer within ${ms / 1000} s`);
}

const UNTRUSTED = 'its certificate is not trusted';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it broke off the connection',
  EPIPE: 'it broke off the connection',
  ENOTFOUND: 'that name is not known',
  EAI_AGAIN: 'that name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'that machine does not answer',
  EMFILE: 'this machine has no more connections to give',
  HPE_HEADER_OVERFLOW: 'the head of its answer does not end',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/**
 * Why a server did not answer, as the end of a sentence.
 * @param trust where a person says whose certificates to trust
 */
export function whyNot(error: unknown, trust = '--backend-ca'): string {
  const code = systemCode(error);
  if (code !== undefined && code in reasons) {
    const reason = String(reasons[code]);
    return reason === UNTRUSTED ? `${reason} (${trust})` : reason;
  }
  if (code?.startsWith('HPE_')) return 'what it answers is not HTTP';
  return error instanceof Error && error.message !== '' ? error.message : 'it failed';
}

const NOTHING_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether a request that ended with this error never left: it may be sent elsewhere, whatever it asks for. */
export function wasNotSent(error: unknown): boolean {
  return NOTHING_SENT.has(systemCode(error) ?? '');
}
