/** What the proxy answers when no backend does: JSON for programs, a page for browsers. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorTable, type ErrorCode } from '../../protocol/errors.js';
import type { Failure } from '../../protocol/tracker-api.js';
import { html } from '../pages/layout.js';
import type { Backend } from './pool.js';

export interface ProxyFailure {
  readonly status: 401 | 502 | 503 | 504;
  readonly code: ErrorCode;
  /** Which backend and why, and what to do next. */
  readonly message: string;
}

const RETRY_AFTER_S = 2;
const ADVICE = 'Try again in a moment. Whoever runs it finds more in the log of that tracker.';

export function noBackend(backends: readonly Backend[]): ProxyFailure {
  const each = backends.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  const message = `No tracker behind this address can be used now (${each}). Start one of them: it is found within seconds.`;
  return { status: 503, code: 'unavailable', message };
}

export function brokeOff(backend: Backend, why: string): ProxyFailure {
  return {
    status: 502,
    code: 'unavailable',
    message: `The tracker at ${backend.name} did not answer: ${why}. ${ADVICE}`,
  };
}

export function tooSlow(backend: Backend, ms: number): ProxyFailure {
  const message = `The tracker at ${backend.name} has not answered within ${ms / 1000} s. ${ADVICE}`;
  return { status: 504, code: 'unavailable', message };
}

export const tooBusy: ProxyFailure = {
  status: 503,
  code: 'unavailable',
  message: 'This proxy has as many requests under way as it takes at once. Try again in a moment.',
};

export const sessionElsewhere: ProxyFailure = {
  status: 401,
  code: 'session_elsewhere',
  message: errorTable.session_elsewhere.message,
};

export function sendFailure(request: FastifyRequest, reply: FastifyReply, failure: ProxyFailure): void {
  const { status, code, message } = failure;
  void reply.code(status).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  if (status === 503) void reply.header('retry-after', RETRY_AFTER_S);
  if (isForPeople(request)) {
    void reply.header('content-security-policy', CSP).type('text/html; charset=utf-8').send(failurePage(failure));
    return;
  }
  const body: Failure = { status: 'failed', code, message };
  void reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function isForPeople({ method, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'POST') && headers.accept?.includes('text/html') === true;
}

/** No file of a tracker is needed for it: none answers. */
const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}p{overflow-wrap:anywhere}';
const CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

const titles: Readonly<Record<ProxyFailure['status'], string>> = {
  401: 'Sign in again',
  502: 'The tracker did not answer',
  503: 'No tracker answers',
  504: 'The tracker is too slow',
};

function failurePage({ status, message }: ProxyFailure): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${titles[status]} · Parley</title>
        <style>
          STYLE
        </style>
      </head>
      <body>
        <main>
          <h1>${titles[status]}</h1>
          <p>${message}</p>
          <p><a href="">Try again</a></p>
        </main>
      </body>
    </html> `
    .toString()
    .replace(/<style>\s*STYLE\s*<\/style>/, `<style>${STYLE}</style>`);
}
