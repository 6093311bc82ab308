/**
 * Who this peer is: one device key, made at the first start and never sent, and what the tracker said of it. Files, all
 * for their owner alone: `device-key.pem`, `certificate.pem`, `ca.pem`, `former-authorities.json`.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, sign, webcrypto, type KeyObject } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { sameUser, type DeviceId, type Username } from '../../protocol/ids.js';
import {
  deviceIdOfKey,
  isOver,
  readAuthority,
  readDeviceCertificate,
  type Authority,
  type DeviceCertificate,
} from './certificate.js';
import { formerAuthorities, type FormerAuthority } from './former.js';
import { privateDirectory, readIfThere, replaceFile } from './files.js';

const makeKeyPair = promisify(generateKeyPair);

export class Identity {
  readonly device: DeviceId;
  #authority: Authority | undefined;
  #certificate: DeviceCertificate | undefined;

  private constructor(
    private readonly directory: string,
    private readonly claimedUsername: Username,
    readonly privateKey: KeyObject,
    /** Authorities that were pinned before, oldest first: as many as there were eras before this one. */
    readonly formers: readonly FormerAuthority[],
  ) {
    this.device = deviceIdOfKey(createPublicKey(privateKey));
  }

  /**
   * Opens the identity in `directory`, and makes its key at the first start. One process at a time, which is for the
   * caller to see to. Throws ParleyError `device_taken` when the device has been certified for another user, and an
   * Error that names the file when one cannot be read.
   */
  static async open({ directory, username }: { directory: string; username: Username }): Promise<Identity> {
    await privateDirectory(directory);
    const key = await openKey(join(directory, 'device-key.pem'));
    const identity = new Identity(directory, username, key, await formerAuthorities(directory));
    const ca = await readIfThere(join(directory, 'ca.pem'));
    const certificate = await readIfThere(join(directory, 'certificate.pem'));
    if (ca !== undefined) identity.#authority = storedAuthority(join(directory, 'ca.pem'), ca);
    if (certificate !== undefined) identity.#recall(certificate);
    return identity;
  }

  /** As the tracker spells it, once it has certified it. */
  get username(): Username {
    return this.#certificate?.username ?? this.claimedUsername;
  }

  get certificate(): DeviceCertificate | undefined {
    return this.#certificate;
  }

  /** The pinned CA. */
  get authority(): Authority | undefined {
    return this.#authority;
  }

  get certificatePem(): string | undefined {
    return this.#certificate?.pem;
  }

  get caPem(): string | undefined {
    return this.#authority?.certificate.toString();
  }

  /** Ed25519, 64 bytes. */
  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.privateKey);
  }

  /** A PKCS#10 request for this device, PEM. */
  csr(): Promise<string> {
    return certificateRequest(this.username, this.privateKey);
  }

  /**
   * Whether to ask the tracker for a certificate (section 3): there is none, half of its life is over, or it has not begun,
   * which it would have if the tracker's clock had been right when it was issued. `now`: the tracker's clock.
   */
  needsRenewal(now: number): boolean {
    const { certificate } = this;
    if (!certificate) return true;
    const { notBefore, notAfter } = certificate;
    return now < notBefore || now >= (notBefore + notAfter) / 2;
  }

  /**
   * Keeps what the tracker issued. Throws ParleyError `certificate_unknown` when it is not for this device, or comes from
   * another CA than the first one seen: a tracker that changes its CA is another tracker. Until a person says otherwise,
   * and then with another key than this one. One that is over at `now` already, by a tracker whose clock is far behind,
   * does not take the place of one that is not.
   */
  async keep(issued: { certificate: string; ca: string }, now = -Infinity): Promise<void> {
    const authority = readAuthority(issued.ca);
    const certificate = this.#check(issued.certificate, authority);
    if (this.isForeign(issued.ca)) {
      throw new ParleyError(
        'certificate_unknown',
        'The tracker uses another certificate authority than before. Ask who runs it.',
      );
    }
    if (isOver(certificate, now) && this.#certificate && !isOver(this.#certificate, now)) return;
    await replaceFile(join(this.directory, 'ca.pem'), authority.certificate.toString());
    await replaceFile(join(this.directory, 'certificate.pem'), certificate.pem);
    this.#authority = authority;
    this.#certificate = certificate;
  }

  /** Whether a CA (PEM) has another key than the one that was seen first. */
  isForeign(ca: string): boolean {
    return this.#authority !== undefined && !this.#authority.publicKey.equals(readAuthority(ca).publicKey);
  }

  /** A stored certificate that does not fit (a stop between the two files) is as good as none: the next one replaces it. */
  #recall(certificate: string): void {
    try {
      if (this.#authority) this.#certificate = this.#check(certificate, this.#authority);
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'certificate_unknown') throw error;
    }
  }

  #check(pem: string, authority: Authority): DeviceCertificate {
    const certificate = readDeviceCertificate(pem, authority);
    if (certificate.device !== this.device) {
      throw new ParleyError('certificate_unknown', 'The certificate is for another device than this one.');
    }
    if (!sameUser(certificate.username, this.username)) throw new ParleyError('device_taken');
    return certificate;
  }
}

async function openKey(path: string): Promise<KeyObject> {
  const stored = await readIfThere(path);
  if (stored === undefined) return makeKey(path);
  await chmod(path, 0o600);
  try {
    const key = createPrivateKey(stored);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new ParleyError('storage_failed', unreadable(path), { cause });
  }
  throw new ParleyError('storage_failed', unreadable(path));
}

function storedAuthority(path: string, text: string): Authority {
  try {
    return readAuthority(text);
  } catch (cause) {
    const next = 'Restore it from a backup, or remove it: the tracker gives it again.';
    throw new ParleyError('storage_failed', `${path} is not the certificate of a tracker. ${next}`, { cause });
  }
}

/** On the disk before it is used: a key that signed something must not be lost. */
async function makeKey(path: string): Promise<KeyObject> {
  const { privateKey } = await makeKeyPair('ed25519');
  await replaceFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return privateKey;
}

function unreadable(path: string): string {
  return `${path} is not an Ed25519 key. Restore it from a backup, or remove it to go on as a new device.`;
}

/**
 * The certificate request of a device (SPEC.md section 3), PEM: PKCS#10, CN = username, signed by the device's key. The
 * library is loaded here and not before: it takes longer than the rest of the start, once in fifteen days.
 */
export async function certificateRequest(username: Username, privateKey: KeyObject): Promise<string> {
  await import('reflect-metadata');
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const { subtle } = webcrypto;
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const keys = {
    privateKey: await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, 'Ed25519', true, ['verify']),
  };
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [username] }],
    keys,
    signingAlgorithm: { name: 'Ed25519' },
  });
  return request.toString('pem');
}
