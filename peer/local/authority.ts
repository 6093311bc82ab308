import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Door } from './door.js';

const COOKIE_HEADER_MAX = 8192;

/** The session cookie. Its name bears the port: cookies do not tell ports apart, and one machine may run many peers. */
export class SessionCookie {
  readonly #name: string;

  constructor(
    port: number,
    private readonly lifeMs: number,
  ) {
    this.#name = `parley_${port}`;
  }

  read(headers: IncomingHttpHeaders): string | undefined {
    const { cookie } = headers;
    return cookie === undefined || cookie.length > COOKIE_HEADER_MAX ? undefined : parseCookie(cookie)[this.#name];
  }

  set(token: string): string {
    return this.#header(token, Math.floor(this.lifeMs / 1000));
  }

  clear(): string {
    return this.#header('', 0);
  }

  #header(value: string, maxAge: number): string {
    return stringifySetCookie(this.#name, value, { httpOnly: true, sameSite: 'strict', path: '/', maxAge });
  }
}

/**
 * The session that a request may act for: by bearer token or cookie. Undefined also while nobody has ever signed this
 * daemon in, since there is nothing to show yet.
 */
export function sessionOf(
  headers: IncomingHttpHeaders,
  cookie: SessionCookie,
  { sessions, services }: Door,
): string | undefined {
  if (!services.account.ready) return undefined;
  return sessions.check(bearerToken(headers)) ?? sessions.check(cookie.read(headers));
}

export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,128})$/i.exec(authorization ?? '')?.[1];
}
