/** Whether the tracker is there, is one, is ours, and what its clock shows. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { caFingerprint } from '../settings/pins.js';
import { clockSkew } from '../tracker-client/http.js';
import type { Check, Fault, Finding } from './examine.js';
import { ask, codeOf, type Heard } from './http.js';
import type { Patient, Place } from './patient.js';

const CONNECT_MS = 3_000;
const ANSWER_MS = 3_000;
const BIG_MS = 3_000;
/** More than one packet carries. Bytes. */
const BIG = 4_096;
const CLOCKS_AGREE_MS = 60_000;

/** @param addresses those of the tracker, once names are looked up */
export function trackerChecks(patient: Patient, place: Place, addresses: () => readonly string[]): Check[] {
  const where = { host: place.host, port: place.port };
  const silent: Fault = { code: 'tracker_silent', args: where };
  const { trackerCa: ca, now } = patient;
  let clock: Heard | undefined;
  return [
    {
      name: 'connection',
      after: ['names'],
      limitMs: CONNECT_MS,
      late: silent,
      run: async (signal) => {
        const outcomes = await firstOpen(addresses(), place.port, signal);
        return outcomes === 'open' ? 'ok' : connectionFault(outcomes, where);
      },
    },
    {
      // Asks for a short answer to a short question: see the next one.
      name: 'tracker',
      after: ['connection'],
      limitMs: ANSWER_MS,
      late: silent,
      run: async (signal) => {
        try {
          clock = await ask(place, { path: 'get-list', ca, signal, now });
          return trackerFinding(clock, place);
        } catch (error) {
          return answerFault(error, place);
        }
      },
    },
    {
      name: 'large packets',
      after: ['tracker'],
      limitMs: BIG_MS,
      late: { code: 'big_packets_lost' },
      run: async (signal) => {
        // More than a packet there, and more than one back; on a slow line all of it would take too long.
        const headers = { 'x-padding': 'x'.repeat(3_000) };
        await ask(place, { path: 'docs/json', headers, bodyMax: BIG, ca, signal, now });
        return 'ok';
      },
    },
    {
      name: 'clock',
      after: ['tracker'],
      limitMs: 100,
      run: async () => {
        if (!clock) return 'unknown';
        const skew = clockSkew(clock.headers.date, clock.sentAt, clock.heardAt);
        if (skew === undefined) return 'unknown';
        const beyond = Math.abs(skew) - (clock.heardAt - clock.sentAt) / 2;
        if (beyond <= CLOCKS_AGREE_MS) return 'ok';
        return { code: 'clock_wrong', args: { minutes: Math.max(1, Math.round(Math.abs(skew) / 60_000)) } };
      },
    },
    {
      name: 'authority',
      after: ['large packets'],
      limitMs: ANSWER_MS,
      run: async (signal) => {
        const { status, body } = await ask(place, { path: 'ca', ca, signal, now });
        // A tracker that is busy, or a proxy whose tracker is: then it cannot be told.
        if (status === 429 || status >= 500) return 'unknown';
        const fingerprint = status === 200 ? fingerprintOf(body) : undefined;
        if (fingerprint === undefined) return { code: 'not_a_tracker', args: where };
        return patient.pin === undefined || patient.pin === fingerprint ? 'ok' : { code: 'ca_changed' };
      },
    },
  ];
}

/** @returns the errors, where none of the addresses takes a connection */
async function firstOpen(addresses: readonly string[], port: number, signal: AbortSignal): Promise<'open' | string[]> {
  const errors: string[] = [];
  const attempts = addresses.map(
    (host) =>
      new Promise<void>((resolve, reject) => {
        const socket = connect({ host, port, signal });
        socket.once('connect', () => {
          socket.destroy();
          resolve();
        });
        socket.on('error', (error: NodeJS.ErrnoException) => {
          errors.push(error.code ?? '');
          reject(error);
        });
      }),
  );
  return Promise.any(attempts).then(
    () => 'open' as const,
    () => errors,
  );
}

function connectionFault(errors: readonly string[], args: { host: string; port: number }): Finding {
  if (errors.includes('ECONNREFUSED') || errors.includes('ECONNRESET')) return { code: 'tracker_down', args };
  if (errors.length > 0 && errors.every((code) => code === 'ENETUNREACH')) return { code: 'no_route' };
  return { code: 'tracker_silent', args };
}

/** Whoever is not signed in is refused, in a form that only a tracker has. */
function trackerFinding({ status, headers, body }: Heard, { host, port }: Place): Finding {
  const { location } = headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    const to = URL.canParse(location) ? new URL(location).hostname : host;
    return to === host ? { code: 'not_a_tracker', args: { host, port } } : { code: 'portal' };
  }
  try {
    const { status: said, code } = JSON.parse(body) as { status?: unknown; code?: unknown };
    // Also one that is busy, or a proxy before several.
    if (said === 'failed' && typeof code === 'string') return 'ok';
  } catch {
    // Not JSON.
  }
  return { code: 'not_a_tracker', args: { host, port } };
}

const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

function answerFault(error: unknown, { host, port, isSecure }: Place): Finding {
  const code = codeOf(error);
  if (TLS_CODES.test(code)) return { code: 'tracker_tls', args: { host, why: code } };
  // A server with TLS hangs up on plain HTTP; so does one that is no HTTP server.
  if (code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_')) {
    return isSecure
      ? { code: 'tracker_tls', args: { host, why: code } }
      : { code: 'not_a_tracker', args: { host, port } };
  }
  return 'unknown';
}

function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).ca ? caFingerprint(pem) : undefined;
  } catch {
    return undefined;
  }
}
