/**
 * Addresses of trackers as people give them, and invites (SPEC.md section 8): a link that names a tracker and pins its CA. Where
 * accounts are made by invite it has a code for one as well; it stands behind `#`, which no server, proxy or log is sent.
 */
import { parseInviteCode } from './invite-code.js';
import { INVITE_MAX, INVITE_TRACKERS_MAX } from './limits.js';

export interface Invite {
  /** Addresses of trackers that share one CA, `http(s)://host[:port][/path]` without a slash at the end; at least one. */
  readonly trackers: readonly string[];
  /** SHA-256 over the public key (SPKI, DER) of the CA's certificate, b64u: 43 characters. */
  readonly ca: string;
  /** With which an account may be made. */
  readonly code?: string | undefined;
}

const DEFAULT_PORT = 8001;
/** The page of a tracker that explains the link. */
const PAGE = '/join';
const PAYLOAD = /^#1\.([A-Za-z0-9_-]{43})((?:\.[A-Za-z0-9_-]+)*)(?:~([A-Za-z0-9-]+))?$/;
/** Pages of a tracker: somebody may copy their address instead of the tracker's own. */
const PAGES = /\/(?:join|login\.html|register\.html|docs|healthz)?$/;

/** `http://192.168.1.5:8001/join#1.<ca>`, `.<address, b64u>` for each further tracker, and `~<code>`. */
export function formatInvite({ trackers: [first = '', ...others], ca, code }: Invite): string {
  const more = others.map((tracker) => `.${Buffer.from(tracker).toString('base64url')}`);
  return `${first}${PAGE}#1.${ca}${more.join('')}${code === undefined ? '' : `~${code}`}`;
}

/** Undefined for text that is not an invite of this version. */
export function parseInvite(text: string): Invite | undefined {
  const url = urlOf(text);
  if (!url?.pathname.endsWith(PAGE)) return undefined;
  const [, ca, more = '', given] = PAYLOAD.exec(url.hash) ?? [];
  const code = given === undefined ? undefined : parseInviteCode(given);
  if (given !== undefined && code === undefined) return undefined;
  const first = parseTracker(url.origin + url.pathname);
  if (ca === undefined || first === undefined) return undefined;
  const others = more.split('.').slice(1).map(decodeTracker);
  if (others.length >= INVITE_TRACKERS_MAX) return undefined;
  const trackers = [first, ...others.filter((tracker) => tracker !== undefined)];
  if (trackers.length !== others.length + 1) return undefined;
  return { trackers: [...new Set(trackers)], ca, ...(code !== undefined && { code }) };
}

/** Whether a text is meant as an invite, though it may be a broken one. */
export function looksLikeInvite(text: string): boolean {
  const url = urlOf(text);
  return url !== undefined && url.pathname.endsWith(PAGE) && url.hash !== '';
}

/**
 * The address of a tracker in its one form. `192.168.1.5` is `http://192.168.1.5:8001`; an address of one of the tracker's
 * pages is that of the tracker. Undefined for what is none.
 */
export function parseTracker(text: string): string | undefined {
  const url = urlOf(text);
  if (!url) return undefined;
  return url.origin + url.pathname.replace(PAGES, '');
}

function decodeTracker(encoded: string): string | undefined {
  return parseTracker(Buffer.from(encoded, 'base64url').toString('utf8'));
}

function urlOf(given: string): URL | undefined {
  // Mail programs wrap links in angle brackets, and people copy quotes along.
  const text = given.trim().replace(/^[<"'“]+|[>"'”]+$/g, '');
  if (text === '' || text.length > INVITE_MAX || /\s/.test(text)) return undefined;
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const whole = schemed ? text : `http://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  if (!/^https?:$/.test(url.protocol) || url.hostname === '' || url.username !== '' || url.password !== '') {
    return undefined;
  }
  if (!schemed && url.port === '' && !/^[^/?#]*:80(?:[/?#]|$)/.test(text)) url.port = String(DEFAULT_PORT);
  return url;
}
