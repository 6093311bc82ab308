import { parse, serialize } from 'cookie';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { bug, ParleyError } from '../../protocol/errors.js';
import { SESSION_LIFE_MS } from '../../protocol/limits.js';
import type { Sessions } from '../sessions.js';
import type { Session } from '../store/tracker-store.js';

const COOKIE = 'session_token';
const BEARER = 'Bearer ';

/** The session token of a request: the Authorization header, else the cookie. */
export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const { authorization, cookie } = headers;
  if (authorization?.startsWith(BEARER)) return authorization.slice(BEARER.length);
  return cookie === undefined ? undefined : parse(cookie)[COOKIE];
}

export async function sessionOf(sessions: Sessions, headers: IncomingHttpHeaders): Promise<Session | undefined> {
  const token = tokenOf(headers);
  return token === undefined ? undefined : (sessions.known(token) ?? sessions.find(token));
}

/** Lets only signed-in requests through, before their body is read. */
export function authenticate(sessions: Sessions): onRequestHookHandler {
  return (request, _reply, done) => {
    const token = tokenOf(request.headers);
    const known = token === undefined ? undefined : sessions.known(token);
    if (known) {
      request.session = known;
      done();
      return;
    }
    sessionOf(sessions, request.headers).then(
      (session) => {
        request.session = session ?? null;
        done(session ? undefined : new ParleyError('not_signed_in'));
      },
      (error: unknown) => done(error instanceof Error ? error : bug('not an error', error)),
    );
  };
}

/** The session of a request that has passed `authenticate`. */
export function signedIn(request: FastifyRequest): Session {
  if (!request.session) throw bug(`${request.routeOptions.url ?? 'a route'} is not behind authenticate`);
  return request.session;
}

/** Section 2: HttpOnly, SameSite=Lax, Path=/, Secure under TLS. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  void reply.header('set-cookie', cookie(request, token, SESSION_LIFE_MS / 1000));
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('set-cookie', cookie(request, '', 0));
}

function cookie(request: FastifyRequest, value: string, maxAge: number): string {
  const secure = request.protocol === 'https';
  return serialize(COOKIE, value, { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge });
}
