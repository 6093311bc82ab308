/** Why an address did not lead to a link, and which of several such reasons tells most. */
import { isParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { RelayWhy } from '../../protocol/local-api.js';
import type { Address } from '../link/types.js';
import { canonical, kindOf, OwnNetworks, type Interfaces } from './addresses.js';
import type { Failure, Verdict } from './race.js';

/** An error code of the protocol or of the system (`ETIMEDOUT`), and where it was tried. */
export interface Trouble {
  readonly code: string;
  readonly address?: Address | undefined;
  /** It is a private address, and of no network of ours: that it fails is no wonder. */
  readonly elsewhere?: boolean | undefined;
}

/** Of these the relay is the reason, or the other side that did not come to it. */
const OF_RELAY: readonly RelayWhy[] = ['relay_off', 'relay_full', 'they_do_not_come'];

/** Undefined: of an address. */
export function relayWhy({ code }: Trouble): RelayWhy | undefined {
  return OF_RELAY.find((known) => known === code);
}

/** The device itself has answered, or nothing is dialled from here: no other address would do better. */
const WHOLE: ReadonlySet<string> = new Set<ErrorCode>([
  'version_mismatch',
  'device_revoked',
  'account_disabled',
  'too_many_links',
  'certificate_ended',
  'not_signed_in',
]);

export function verdictOf(error: unknown): Verdict {
  const code = isParleyError(error) ? error.code : '';
  if (code === 'duplicate_link') return 'yield';
  return WHOLE.has(code) ? 'end' : 'next';
}

/** Whether the device was there, and had as many links as it keeps. */
export function isFull(failures: readonly Failure[]): boolean {
  return failures.some(({ error }) => isParleyError(error) && error.code === 'too_many_links');
}

/** What a failed dial says: the system's code where there is one. */
export function codeOf(error: unknown): string {
  if (!isParleyError(error)) return 'unavailable';
  const { code } = { code: undefined, ...(error.cause as { code?: unknown } | undefined) };
  if (typeof code !== 'string') return error.code;
  return code.startsWith('ERR_SSL_') ? 'not_a_peer' : code;
}

/** The troubles of one race. Without a failure no address was one to dial: all are of their machine alone. */
export function troublesOf(failures: readonly Failure[], interfaces: Interfaces): Trouble[] {
  if (failures.length === 0) return [{ code: 'loopback_only' }];
  const own = new OwnNetworks(interfaces);
  return failures.map(({ address, error }) => {
    const host = canonical(address.host) ?? address.host;
    const elsewhere = kindOf(host) === 'private' && !own.includes(host);
    return { code: codeOf(error), address, ...(elsewhere ? { elsewhere } : {}) };
  });
}

/** Somebody is there, and what they answer is of use. */
const ANSWERS: ReadonlySet<string> = new Set(['certificate_unknown', 'certificate_expired', 'handshake_timeout']);
const ANOTHER: ReadonlySet<string> = new Set(['ECONNREFUSED', 'identity_mismatch', 'not_a_peer']);
/** This machine has no way there: of an IPv6 address that says nothing of the others. */
const NO_WAY: ReadonlySet<string> = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EINVAL', 'EAFNOSUPPORT']);

/**
 * The one to be told: what the device itself answered, then what answers at an address that should lead to it, then silence
 * there; a private address of another network only if there is nothing else. The first of equals. What the relay said is not among them.
 */
export function mostTelling(troubles: Iterable<Trouble>): Trouble | undefined {
  let best: Trouble | undefined;
  for (const trouble of troubles) {
    if (relayWhy(trouble) === undefined && (!best || weight(trouble) < weight(best))) best = trouble;
  }
  return best;
}

function weight({ code, elsewhere }: Trouble): number {
  if (WHOLE.has(code)) return 0;
  const far = elsewhere ? 10 : 0;
  if (ANSWERS.has(code)) return far + 1;
  if (ANOTHER.has(code)) return far + 2;
  return NO_WAY.has(code) ? 9 : far + 3;
}
