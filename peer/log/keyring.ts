/**
 * Whose key is whose: this device's own, and those of authors, by the certificates that the tracker's CA signed. What a
 * message says of a key is never believed; only certificates are.
 */
import { sign, type KeyObject } from 'node:crypto';
import { signedBytes } from '../../protocol/entry.js';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { sameUser, type DeviceId, type EntryId, type Username } from '../../protocol/ids.js';
import type { LogKeys } from './ports.js';
import { Signatures } from './signatures.js';

/** A certificate that was checked against the CA. Times in milliseconds since 1970. */
export interface CheckedCertificate {
  readonly username: Username;
  readonly device: DeviceId;
  readonly publicKey: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly pem: string;
}

export interface CertificateShelf {
  save(certificate: { device: DeviceId; username: Username; notAfter: number; pem: string }): void;
  /** Newest first. */
  pems(device: DeviceId): string[];
}

/** The authority of an earlier era: it proves what its devices wrote before it ended. */
export interface Former {
  /** @throws ParleyError */
  read(pem: string): CheckedCertificate;
  /** Milliseconds since 1970. */
  readonly ended: number;
}

interface Known {
  readonly username: Username;
  readonly publicKey: KeyObject;
  /** When the last of its certificates ends. */
  until: number;
  readonly spans: Set<string>;
}

export class Keyring implements LogKeys {
  private readonly known = new Map<DeviceId, Known>();

  constructor(
    private readonly privateKey: KeyObject,
    private readonly shelf: CertificateShelf,
    /** Checks a certificate against the pinned CA. @throws ParleyError */
    private readonly check: (pem: string) => CheckedCertificate,
    /** Milliseconds since 1970, of a device that was revoked: what it wrote later counts for nothing. */
    private readonly revokedAt: (device: DeviceId) => number | undefined = () => undefined,
    /** The authority that a device was certified by, where that is not the present one. */
    private readonly former: (device: DeviceId) => Former | undefined = () => undefined,
    private readonly signatures = new Signatures(),
  ) {}

  /** Keeps a certificate. @returns what it says, @throws ParleyError when it is not of our CA */
  add(pem: string): CheckedCertificate {
    const certificate = this.check(pem);
    const { device } = certificate;
    const known = this.load(device);
    if (known && !sameUser(known.username, certificate.username)) throw new ParleyError('identity_mismatch');
    if (known?.spans.has(spanOf(certificate))) return certificate;
    const former = this.former(device) !== undefined;
    this.shelf.save(certificate);
    // A key that the present authority certifies as well is one of its devices from now on, with all that it wrote before.
    if (former) this.known.delete(device);
    this.remember(certificate);
    return certificate;
  }

  pems(device: DeviceId): string[] {
    return this.shelf.pems(device);
  }

  knows(device: DeviceId): boolean {
    return this.load(device) !== undefined;
  }

  owner(device: DeviceId): Username | undefined {
    return this.load(device)?.username;
  }

  /** As `owner`, of a device whose word counts now: it was not revoked, and its authority has not ended. */
  counted(device: DeviceId): Username | undefined {
    const isOver = this.revokedAt(device) !== undefined || this.former(device) !== undefined;
    return isOver ? undefined : this.owner(device);
  }

  sign(id: EntryId): string {
    return sign(null, signedBytes(id), this.privateKey).toString('base64url');
  }

  author(
    device: DeviceId,
    time: number,
  ): { username: Username; known: true } | { known: boolean; username?: undefined; revoked?: true } {
    const known = this.load(device);
    if (!known) return { known: false };
    const ended = Math.min(this.revokedAt(device) ?? Infinity, this.former(device)?.ended ?? Infinity);
    if (time > ended) return { known: true, revoked: true };
    // One that begins later proves it as well: the CA has signed whose key it is, so that only clocks differ.
    return time <= known.until ? { known: true, username: known.username } : { known: true };
  }

  verify(device: DeviceId, id: EntryId, sig: string, done: (valid: boolean) => void): void {
    const publicKey = this.load(device)?.publicKey;
    if (publicKey) this.signatures.verify({ device, publicKey, id, sig }, done);
    else done(false);
  }

  private load(device: DeviceId): Known | undefined {
    const known = this.known.get(device);
    if (known) return known;
    const former = this.former(device);
    for (const pem of this.shelf.pems(device)) {
      try {
        this.remember(former ? former.read(pem) : this.check(pem));
      } catch (error) {
        // Of yet another CA: it proves nothing any more.
        if (!isParleyError(error)) throw error;
      }
    }
    return this.known.get(device);
  }

  private remember(certificate: CheckedCertificate): void {
    const { device, username, publicKey, notAfter } = certificate;
    const known = this.known.get(device);
    known?.spans.add(spanOf(certificate));
    if (known) known.until = Math.max(known.until, notAfter);
    else this.known.set(device, { username, publicKey, until: notAfter, spans: new Set([spanOf(certificate)]) });
  }
}

function spanOf({ notBefore, notAfter }: CheckedCertificate): string {
  return `${String(notBefore)} ${String(notAfter)}`;
}
