/**
 * Keys of the simulation. `cheap`: a keyed hash in place of Ed25519, as hard to forge here, since nobody but the simulator
 * and its owner reads a device's secret. `real`: Ed25519, for the proof that nothing hangs on that choice.
 */
import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { signedBytes } from '../../protocol/entry.js';
import type { DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { CERTIFICATE_BACKDATE_MS, CERTIFICATE_LIFE_MS } from '../../protocol/limits.js';
import type { LogKeys } from '../../peer/log/ports.js';
import { certificateText, readCertificate, type Certificate, type KnownCertificates } from './certificates.js';
import type { Random } from './random.js';

export type Signatures = 'cheap' | 'real';

interface Signer {
  readonly username: Username;
  sign(id: EntryId): string;
  verify(id: EntryId, sig: string): boolean;
}

/** The tracker's CA: what certificates there are, and what a certificate says. */
export class Authority {
  private readonly signers = new Map<DeviceId, Signer>();
  /** What each device has of it, as text. */
  private readonly kept = new Map<DeviceId, string>();

  constructor(
    private readonly signatures: Signatures,
    private readonly random: Random,
    /** The tracker's clock. Milliseconds since 1970. */
    private readonly now: () => number,
  ) {}

  enrol(device: DeviceId, username: Username): void {
    // The same chance is used up either way: both kinds of signatures lead to one and the same run.
    const cheap = keyedHash(this.random.int(2 ** 32), this.random.int(2 ** 32));
    this.signers.set(device, { username, ...(this.signatures === 'real' ? ed25519() : cheap) });
    this.kept.set(device, this.issue(device));
  }

  /** The one that the device has and shows. */
  certificate(device: DeviceId): string {
    return this.kept.get(device) ?? '';
  }

  /** As the real peer: it asks for another one when its own has not begun, or is in its second half, by the tracker's clock. */
  needsRenewal(device: DeviceId): boolean {
    const { notBefore, notAfter } = readCertificate(this.certificate(device));
    const now = this.now();
    return now < notBefore || now >= (notBefore + notAfter) / 2;
  }

  /** @param now the clock of the device: one that is over never takes the place of one that is not. @returns what it has now */
  renew(device: DeviceId, now: number): string {
    const issued = this.issue(device);
    const isOver = (text: string): boolean => now > readCertificate(text).notAfter;
    if (!isOver(issued) || isOver(this.certificate(device))) this.kept.set(device, issued);
    return this.certificate(device);
  }

  /** What the certificate says, if it is one of this CA. */
  read(text: string): Certificate | undefined {
    const certificate = readCertificate(text);
    return this.signers.has(certificate.device) ? certificate : undefined;
  }

  private issue(device: DeviceId): string {
    const now = this.now();
    const [notBefore, notAfter] = [now - CERTIFICATE_BACKDATE_MS, now + CERTIFICATE_LIFE_MS];
    return certificateText({ device, notBefore, notAfter });
  }

  signer(device: DeviceId): Signer {
    const signer = this.signers.get(device);
    if (!signer) throw new Error(`bug: no such device: ${device}`);
    return signer;
  }
}

/** The keys that one device has and knows. `known` outlives the process. */
export function logKeys(
  authority: Authority,
  device: DeviceId,
  known: KnownCertificates,
  /** The thread pool: calls back a little later. */
  later: (callback: () => void) => void,
): LogKeys {
  const own = authority.signer(device);
  return {
    sign: (id) => own.sign(id),
    author(author, time) {
      if (!known.has(author)) return { known: false };
      return time <= known.until(author)
        ? { known: true, username: authority.signer(author).username }
        : { known: true };
    },
    owner: (author) => (known.has(author) ? authority.signer(author).username : undefined),
    verify(author, id, sig, done) {
      const valid = known.has(author) && authority.signer(author).verify(id, sig);
      later(() => done(valid));
    },
  };
}

function ed25519(): Omit<Signer, 'username'> {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519');
  return {
    sign: (id) => sign(null, signedBytes(id), privateKey).toString('base64url'),
    verify: (id, sig) => verify(null, signedBytes(id), publicKey, Buffer.from(sig, 'base64url')),
  };
}

function keyedHash(secretA: number, secretB: number): Omit<Signer, 'username'> {
  const tag = (id: EntryId): string => {
    let [a, b] = [secretA, secretB];
    for (let i = 0; i < id.length; i++) {
      const code = id.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193) ^ (b >>> 15);
      b = Math.imul(b ^ code, 0x85ebca6b) ^ (a >>> 13);
    }
    return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
  };
  return { sign: tag, verify: (id, sig) => tag(id) === sig };
}
