/**
 * TLS 1.3 between two devices (SPEC.md sections 3 and 4), over any stream. Who the other side is, is judged here alone and
 * in full for both roles: signed by the pinned CA, not over at this time, for the key that TLS checked.
 */
import { constants } from 'node:crypto';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import { ParleyError } from '../../protocol/errors.js';
import type { LinkRole } from '../../protocol/handshake.js';
import type { DeviceId } from '../../protocol/ids.js';
import { serverNameOf } from '../../protocol/server-name.js';
import { readerOf, type CertificateReader } from '../identity/certificate-reader.js';
import { isOver, type DeviceCertificate } from '../identity/certificate.js';
import { TlsStream } from './tls-stream.js';
import type { LinkIdentity, LinkProtocol } from './types.js';

/** What TLS needs of an identity, made once for each certificate: making it costs a third of a handshake. */
export interface Credentials {
  readonly context: SecureContext;
  readonly reader: CertificateReader;
  readonly own: DeviceCertificate;
}

/** Undefined before the tracker has certified this device. */
export function credentialsOf({ privateKey, certificate, authority }: LinkIdentity): Credentials | undefined {
  if (!certificate || !authority) return undefined;
  const context = createSecureContext({
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: certificate.pem,
    ca: authority.certificate.toString(),
    minVersion: 'TLSv1.3',
    // No resumption: a resumed session has no certificate to look at.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  return { context, reader: readerOf(authority), own: certificate };
}

/**
 * Begins TLS. The socket emits `secureConnect` (dialler) or `secure` (listener), then `proveRemote` says who is there. The
 * listener's side is made by hand, for a `tls.Server` does not tell which stream became which socket.
 * @param protocols what is offered, or taken
 * @param expected the device that a dialler means: several may stand behind one port
 */
export function secure(
  stream: Duplex,
  role: LinkRole,
  { context }: Credentials,
  protocols: readonly LinkProtocol[],
  expected?: DeviceId,
): TLSSocket {
  const socket = stream instanceof Socket ? stream : new TlsStream(stream);
  const both = { secureContext: context, ALPNProtocols: [...protocols] };
  if (role === 'dialler') {
    // Names of hosts mean nothing here; whose certificate it is, `proveRemote` checks. It alone judges: TLS would also hold
    // the CA's own certificate to this moment, and one that a tracker made under a wrong clock would then forbid every
    // link, though it is the key that is pinned.
    const named = expected === undefined ? {} : { servername: serverNameOf(expected) };
    return connect({ ...both, ...named, socket, rejectUnauthorized: false, checkServerIdentity: () => undefined });
  }
  // What is rejected here is who has no certificate; whose it is, is again judged by `proveRemote`.
  const secured = new TLSSocket(socket, { ...both, isServer: true, requestCert: true, rejectUnauthorized: true });
  // Made by hand, it tells TLS errors by this event alone, and would go on after them.
  secured.on('_tlsError', (error: Error) => secured.destroy(error));
  return secured;
}

/**
 * The certificate of the other side, checked. Throws ParleyError `certificate_required`, `certificate_unknown` or
 * `certificate_expired`; `unavailable` when the other side did not offer a protocol of ours.
 */
export function proveRemote(socket: TLSSocket, credentials: Credentials, now: number): DeviceCertificate {
  if (!socket.alpnProtocol) throw new ParleyError('unavailable', 'The other side is not a peer.');
  const certificate = socket.isSessionReused() ? undefined : socket.getPeerX509Certificate();
  if (!certificate) throw new ParleyError('certificate_required');
  return judge(certificate.toString(), credentials, now);
}

/** A certificate of whoever has shown to hold its key. @throws ParleyError as `proveRemote` */
export function judge(pem: string, { reader, own }: Credentials, now: number): DeviceCertificate {
  const remote = reader.read(pem);
  if (isOver(remote, now)) throw new ParleyError('certificate_expired');
  if (remote.device === own.device)
    throw new ParleyError('identity_mismatch', 'That is the address of this peer itself.');
  return remote;
}
