/**
 * Keys of the simulation. `cheap`: a keyed hash in place of Ed25519, as hard to forge here, since nobody but the simulator
 * and its owner reads a device's secret. `real`: Ed25519, for the proof that nothing hangs on that choice.
 */
import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { signedBytes } from '../../protocol/entry.js';
import type { DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { CERTIFICATE_BACKDATE_MS, CERTIFICATE_LIFE_MS } from '../../protocol/limits.js';
import type { LogKeys } from '../../peer/log/ports.js';
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

  constructor(
    private readonly signatures: Signatures,
    private readonly random: Random,
    /** When all certificates were issued. Milliseconds since 1970. */
    private readonly issued: number,
  ) {}

  enrol(device: DeviceId, username: Username): void {
    // The same chance is used up either way: both kinds of signatures lead to one and the same run.
    const cheap = keyedHash(this.random.int(2 ** 32), this.random.int(2 ** 32));
    this.signers.set(device, { username, ...(this.signatures === 'real' ? ed25519() : cheap) });
  }

  certificate(device: DeviceId): string {
    return `certificate of ${device}`;
  }

  /** The device that the certificate names, if it is one of this CA. */
  read(certificate: string): DeviceId | undefined {
    const device = certificate.slice('certificate of '.length) as DeviceId;
    return this.signers.has(device) ? device : undefined;
  }

  covers(time: number): boolean {
    return this.issued - CERTIFICATE_BACKDATE_MS <= time && time <= this.issued + CERTIFICATE_LIFE_MS;
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
  known: ReadonlySet<DeviceId>,
  /** The thread pool: calls back a little later. */
  later: (callback: () => void) => void,
): LogKeys {
  const own = authority.signer(device);
  return {
    sign: (id) => own.sign(id),
    author(author, time) {
      if (!known.has(author)) return { known: false };
      return authority.covers(time) ? { known: true, username: authority.signer(author).username } : { known: true };
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
