import { errorTable, isErrorCode, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { Failure } from '../../protocol/tracker-api.js';

/** The tracker answered, and said no. */
export class TrackerRefusal extends ParleyError {
  constructor(
    code: ErrorCode,
    message: string = errorTable[code].message,
    readonly retryAfterMs?: number,
    /** Of the CA, if it is what it says to be: to be checked by whoever acts for good. */
    readonly sig?: string,
  ) {
    super(code, message);
  }
}

/** Letters, digits, signs and spaces: no control characters, nothing that turns or hides other text. */
const PLAIN_SENTENCE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,300}$/u;

/** @param retryAfter the header: seconds, or nothing that we take */
export function refusal(failure: Failure, retryAfter: string | undefined): TrackerRefusal {
  const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  const code = isErrorCode(failure.code) ? failure.code : 'unavailable';
  // That one is worded for programs (SPEC.md section 2): people read our own sentence, with the next step.
  const forPeople = code !== 'invalid_credentials' && PLAIN_SENTENCE.test(failure.message);
  const message = forPeople ? failure.message : undefined;
  return new TrackerRefusal(code, message, seconds === undefined ? undefined : seconds * 1000, failure.sig);
}

/** No answer, or one that is none: in a sentence that says what to do, by what the system said. */
export function unreachable(url: string, error: unknown): ParleyError {
  return new ParleyError('tracker_unreachable', sentence(url, codeOf(error)), { cause: error });
}

export function notATracker(url: string, what: string): ParleyError {
  return new ParleyError(
    'tracker_unreachable',
    `What answers at ${url} is not a tracker that this peer understands (${what}). Check the address and both versions.`,
  );
}

export function timedOut(url: string): ParleyError {
  return unreachable(url, { code: 'ETIMEDOUT' });
}

/** By the system's word: no connection came about, so that nothing of what was asked has reached a tracker. */
const NOT_SENT: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'NOT_TRUSTED'];

/** Nobody is asked who is not the tracker that this peer knows. */
export function notTrusted(reason: string | undefined): ParleyError {
  return new ParleyError('tracker_unreachable', reason, { cause: { code: 'NOT_TRUSTED' } });
}

/** Whether a call that failed changed nothing for certain. */
export function wasNotSent(error: ParleyError): boolean {
  return NOT_SENT.includes(codeOf(error.cause));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  // Several addresses of one name were tried in vain: the first one's error speaks for all.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return codeOf(error.errors[0]);
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function sentence(url: string, code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `No tracker runs at ${url} now. Check the address; if it is right, try again later, or ask whoever runs the tracker.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of ${url} cannot be found. Check the address and the network.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `The tracker at ${url} does not answer. Check the network; a firewall may block it.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `The certificate of ${url} is not one that this computer trusts. Start Parley with --tracker-ca and a PEM file of that certificate, or of the authority that signed it.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of ${url} is for another name. Use the name that it is for.`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${url} does not cover this time. Check the clock, or have the certificate renewed.`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `${url} does not speak HTTPS. Use http:// in its address.`;
    default:
      return `The connection to the tracker at ${url} broke${code ? ` (${code})` : ''}. It is tried again by itself.`;
  }
}
