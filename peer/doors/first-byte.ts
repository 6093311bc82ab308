/** What a client speaks, where text and TLS share a port. */

/** A record of TLS that begins a handshake (RFC 8446 5.1); no text begins so. */
const HANDSHAKE = 22;

export function beginsTls(first: Uint8Array): boolean {
  return first[0] === HANDSHAKE;
}
