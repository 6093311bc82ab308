/** What sockets and TLS say, in words for people (and a code for programs). */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { Address } from './types.js';

const UNKNOWN_CERTIFICATE = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at {address}. Check that the peer runs there.',
  EHOSTUNREACH: 'There is no way to {address}. Check the network and the firewall.',
  ENETUNREACH: 'There is no way to {address}. Check the network and the firewall.',
  EADDRNOTAVAIL: '{address} is not an address that can be reached from here.',
  ENOTFOUND: 'Nobody knows where {address} is. Check the name.',
  EAI_AGAIN: 'Nobody knows where {address} is. Check the name.',
  ETIMEDOUT: 'Nothing answers at {address}. Check the address and the firewall.',
};

/** Why a connection that we opened came to nothing. Never the raw text of a library. */
export function dialError(cause: unknown, address: Address | undefined): ParleyError {
  if (isParleyError(cause)) return cause;
  const code = codeOf(cause);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return new ParleyError('certificate_expired', undefined, { cause });
  }
  if (UNKNOWN_CERTIFICATE.has(code)) return new ParleyError('certificate_unknown', undefined, { cause });
  if (code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') {
    return new ParleyError('certificate_required', undefined, { cause });
  }
  const text = UNREACHABLE[code] ?? (code.startsWith('ERR_SSL_') ? NOT_A_PEER : ENDED);
  return new ParleyError('unavailable', text.replace('{address}', addressText(address)), { cause });
}

const NOT_A_PEER = 'What answers at {address} is not a peer of this version. Check the port.';
const ENDED = 'The connection to {address} ended during the handshake. Try again in a moment.';

export function notAPeer(address: Address | undefined): ParleyError {
  return new ParleyError('unavailable', NOT_A_PEER.replace('{address}', addressText(address)));
}

/** The timeout, said as what it means: nobody there, or somebody who does not speak. */
export function silence(connected: boolean, address: Address | undefined): ParleyError {
  if (connected) return new ParleyError('handshake_timeout');
  return dialError({ code: 'ETIMEDOUT' }, address);
}

function addressText(address: Address | undefined): string {
  if (!address) return 'the other side';
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** By shape: errors of other realms are not instances of our Error. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
