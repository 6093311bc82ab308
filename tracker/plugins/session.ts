import { parse, serialize } from 'cookie';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { bug, ParleyError } from '../../protocol/errors.js';
import { SESSION_LIFE_MS } from '../../protocol/limits.js';
import type { Accounts } from '../accounts.js';
import { isTokenOf, type Sessions } from '../sessions.js';
import type { Session } from '../store/tracker-store.js';

/** The name that clients of the system Parley grew from use. */
const COOKIE = 'session_token';
const BEARER = 'Bearer ';

/** For the schema of a route behind `authenticate`: the API's description then says that it needs a session. */
export const needsSession: readonly Readonly<Record<string, readonly string[]>>[] = [{ cookie: [] }, { bearer: [] }];

/** The parts of a request that are needed here: of Fastify's `request.raw`, or of a WebSocket upgrade. */
type RawRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

/** A browser sends the cookies of a host to all its ports. The port in the name keeps two trackers on one host apart. */
function ownCookie({ socket }: Pick<RawRequest, 'socket'>): string {
  return socket.localPort === undefined ? COOKIE : `${COOKIE}_${socket.localPort}`;
}

/**
 * The session tokens of a request, the likeliest first: that of the Authorization header; or that of this tracker's own
 * cookie, then that of the cookie with the original name, which another tracker may have set.
 */
function tokensOf(request: RawRequest): string[] {
  const { authorization, cookie } = request.headers;
  if (authorization?.startsWith(BEARER)) return [authorization.slice(BEARER.length)];
  if (cookie === undefined) return [];
  const cookies = parse(cookie);
  return [cookies[ownCookie(request)], cookies[COOKIE]].filter((token) => token !== undefined);
}

export async function sessionOf(sessions: Sessions, request: RawRequest): Promise<Session | undefined> {
  for (const token of tokensOf(request)) {
    const session = sessions.known(token) ?? (await sessions.find(token));
    if (session) return session;
  }
  return undefined;
}

/** Refuses requests without a session, before their body is read. */
export function authenticate(sessions: Sessions): onRequestHookHandler {
  return (request, _reply, done) => {
    const [first] = tokensOf(request.raw);
    const known = first === undefined ? undefined : sessions.known(first);
    if (known) {
      request.session = known;
      done();
      return;
    }
    sessionOf(sessions, request.raw).then(
      (session) => {
        request.session = session ?? null;
        done(session ? undefined : new ParleyError('not_signed_in'));
      },
      (error: unknown) => done(error instanceof Error ? error : bug('not an error', error)),
    );
  };
}

/** Refuses who is no admin now; behind `authenticate`. Errors: not_admin. */
export function requireAdmin(accounts: Pick<Accounts, 'isAdmin'>): onRequestAsyncHookHandler {
  return async (request) => {
    if (!(await accounts.isAdmin(signedIn(request).user))) throw new ParleyError('not_admin');
  };
}

/** Leads who has no session to the page that signs in; for pages. */
export function signInFirst(sessions: Sessions): onRequestAsyncHookHandler {
  return async (request, reply) => {
    request.session = (await sessionOf(sessions, request.raw)) ?? null;
    return request.session ? undefined : reply.redirect('login.html', 303);
  };
}

/** The session of a request that has passed `authenticate`. */
export function signedIn(request: FastifyRequest): Session {
  if (!request.session) throw bug(`${request.routeOptions.url ?? 'a route'} is not behind authenticate`);
  return request.session;
}

/** SPEC.md section 2: HttpOnly, SameSite=Lax, Path=/ (or the proxy's path), Secure over TLS. Under both names. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const names = [ownCookie(request.raw), COOKIE];
  void reply.header(
    'set-cookie',
    names.map((name) => cookie(request, name, token, SESSION_LIFE_MS / 1000)),
  );
}

/** Clears the cookie with the original name only if it holds this session: it may be that of another tracker on this host. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, ended: Session): void {
  const shared = parse(request.headers.cookie ?? '')[COOKIE];
  const names = [ownCookie(request.raw), ...(shared !== undefined && isTokenOf(ended, shared) ? [COOKIE] : [])];
  void reply.header(
    'set-cookie',
    names.map((name) => cookie(request, name, '', 0)),
  );
}

function cookie(request: FastifyRequest, name: string, value: string, maxAge: number): string {
  const secure = request.protocol === 'https';
  return serialize(name, value, {
    httpOnly: true,
    sameSite: 'lax',
    path: `${request.forwardedPrefix}/`,
    secure,
    maxAge,
  });
}
