/** Whether the tracker knows this device and its session, and lets it hear what happens. */
import { randomBytes } from 'node:crypto';
import type { Check, Finding } from './examine.js';
import { ask } from './http.js';
import type { Patient, Place } from './patient.js';

const ANSWER_MS = 3_000;

export function accountChecks(patient: Patient, place: Place): Check[] {
  const { token, trackerCa: ca, now } = patient;
  const without: Finding = patient.maySignIn ? 'unknown' : { code: 'signed_out' };
  const authorization = `Bearer ${token ?? ''}`;
  return [
    {
      name: 'session',
      after: ['authority'],
      limitMs: ANSWER_MS,
      run: async (signal) => {
        if (patient.isRevoked) return { code: 'device_revoked' };
        if (patient.refused) return { code: patient.refused };
        if (token === undefined) return without;
        const { status, body } = await ask(place, { path: 'me', headers: { authorization }, ca, signal, now });
        if (status === 200) return 'ok';
        const code = refusalOf(body);
        if (code === 'device_revoked') return { code };
        // A proxy may know that another tracker has the session: that one is away.
        return status === 401 && code === 'not_signed_in' ? without : 'unknown';
      },
    },
    {
      name: 'live events',
      after: ['session'],
      limitMs: ANSWER_MS,
      late: { code: 'events_blocked' },
      run: async (signal) => {
        const headers = {
          authorization,
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': randomBytes(16).toString('base64'),
        };
        try {
          const { isUpgraded, status, body } = await ask(place, { path: 'events', headers, ca, signal, now });
          if (isUpgraded) return 'ok';
          // The tracker itself has refused: it was reached.
          const code = refusalOf(body);
          if (code === 'rate_limited' || code === 'unavailable' || status === 429) return 'unknown';
          return code === 'device_revoked' ? { code } : { code: 'events_blocked' };
        } catch {
          return { code: 'events_blocked' };
        }
      },
    },
  ];
}

function refusalOf(body: string): string | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
