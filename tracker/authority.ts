/** The tracker's CA: Ed25519, X.509 device certificates (SPEC.md section 3). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  sign,
  webcrypto,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import type { PublicKey } from '@peculiar/x509';
import { bug, ParleyError } from '../protocol/errors.js';
import { accountWordBytes, type AccountWord } from '../protocol/account-word.js';
import { channelWordBytes, type ChannelWord } from '../protocol/channel-word.js';
import { parseDeviceId, parseUsername, sameUser, type DeviceId, type Username } from '../protocol/ids.js';
import { CERTIFICATE_BACKDATE_MS, CERTIFICATE_LIFE_MS } from '../protocol/limits.js';
import { revocationBytes, type Revocation } from '../protocol/revocation.js';
import type { Clock } from './clock.js';

const ED25519 = { name: 'Ed25519' };
const SERIAL_BYTES = 16;
/**
 * The CA is valid at all times that X.509 can express (to "no well-defined end", RFC 5280 4.1.2.5), whatever the clock says
 * when it is made. Peers pin its key, so that a shorter time would protect nobody; and with a wrong clock nobody could connect.
 */
const CA_NOT_BEFORE = Date.UTC(1970, 0, 2);
const CA_NOT_AFTER = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Whoever has both can act as the tracker. PEM. */
export interface AuthoritySecrets {
  key: string;
  certificate: string;
}

export interface AuthorityOptions {
  clock: Clock;
  randomBytes: (size: number) => Buffer;
}

/** What a certificate request asks for, once its signature has been checked. */
export interface Request {
  device: DeviceId;
  publicKey: PublicKey;
}

export class Authority {
  private constructor(
    private readonly options: AuthorityOptions,
    /** PEM. */
    readonly certificate: string,
    private readonly signingKey: webcrypto.CryptoKey,
    private readonly key: KeyObject,
    /** Makes challenges: the same at all trackers of this CA, and of no use for anything else. */
    readonly challengeKey: Buffer,
  ) {}

  static async open(secrets: AuthoritySecrets, options: AuthorityOptions): Promise<Authority> {
    const key = createPrivateKey(secrets.key);
    const secret = key.export({ type: 'pkcs8', format: 'der' });
    const challengeKey = Buffer.from(hkdfSync('sha256', secret, '', 'parley/session-challenge/1', 32));
    return new Authority(options, secrets.certificate, await importKey(key), key, challengeKey);
  }

  /** Errors: bad_csr. The name in the request must be the user's, in any case. */
  async check(csr: string, username: Username): Promise<Request> {
    const x509 = await library();
    try {
      const request = new x509.Pkcs10CertificateRequest(csr);
      const names = request.subjectName.getField('CN');
      const name = names.length === 1 ? parseUsername(names[0] ?? '') : undefined;
      const ed25519 = request.publicKey.algorithm.name === ED25519.name;
      if (ed25519 && name && sameUser(name, username) && (await request.verify())) {
        return { device: deviceIdOf(request.publicKey), publicKey: request.publicKey };
      }
    } catch (error) {
      throw new ParleyError('bad_csr', undefined, { cause: error });
    }
    throw new ParleyError('bad_csr');
  }

  /** A device certificate, PEM. The subject is the name as registered, whatever the request spelled. */
  async issue({ device, publicKey }: Request, username: Username): Promise<string> {
    const x509 = await library();
    const issuer = new x509.X509Certificate(this.certificate);
    const now = this.options.clock.now();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialFrom(this.options.randomBytes),
      subject: [{ CN: [username] }],
      issuer: issuer.subjectName,
      notBefore: new Date(now - CERTIFICATE_BACKDATE_MS),
      notAfter: new Date(now + CERTIFICATE_LIFE_MS),
      signingAlgorithm: ED25519,
      publicKey,
      signingKey: this.signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: `parley:device:${device}` }]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false),
      ],
    });
    return certificate.toString('pem');
  }

  /** The CA's statement that a device is revoked; `at` in milliseconds since 1970. The same input gives the same signature. */
  async revocation(device: DeviceId, at: number): Promise<Revocation> {
    const time = new Date(at).toISOString();
    const sig = await this.sign(revocationBytes({ device, time }));
    return { device, time, sig: sig.toString('base64url') };
  }

  /** The CA's word whether an account may be used; `at` in milliseconds since 1970. The same input gives the same signature. */
  async accountWord(username: Username, used: boolean, at: number): Promise<AccountWord> {
    const time = new Date(at).toISOString();
    const sig = await this.sign(accountWordBytes({ username, used, time }));
    return { username, used, time, sig: sig.toString('base64url') };
  }

  /** The CA's word on a channel, at once: it is part of what is told to everybody in this turn. The same input gives the same signature. */
  channelWord({ channel, title, state }: Omit<ChannelWord, 'time' | 'sig'>, at: number): ChannelWord {
    const word = { channel, title, state, time: new Date(at).toISOString() };
    return { ...word, sig: sign(null, channelWordBytes(word), this.key).toString('base64url') };
  }

  /** Ed25519, 64 bytes. What is signed says at its start what it is, so that no statement can pass for another one. */
  async sign(bytes: Buffer): Promise<Buffer> {
    return Buffer.from(await webcrypto.subtle.sign(ED25519, this.signingKey, new Uint8Array(bytes)));
  }
}

/** First 16 bytes of SHA-256 over the SPKI, base64url (SPEC.md section 1). */
function deviceIdOf(publicKey: PublicKey): DeviceId {
  const digest = createHash('sha256').update(new Uint8Array(publicKey.rawData)).digest();
  const id = parseDeviceId(digest.subarray(0, 16).toString('base64url'));
  if (!id) throw bug('a device id has 22 characters');
  return id;
}

/** 128 random bits, positive and not zero, in hexadecimal. */
function serialFrom(randomBytes: (size: number) => Buffer): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), ED25519, false, ['sign']);
}

function publicHalf(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return webcrypto.subtle.importKey('spki', spki, ED25519, true, ['verify']);
}

/**
 * A self-signed CA certificate for the key, PEM. One that replaces `former` has the same name, so that certificates of either
 * can be checked against the other.
 */
export async function selfSign(
  key: KeyObject,
  options: Pick<AuthorityOptions, 'randomBytes'>,
  former?: string,
): Promise<string> {
  const x509 = await library();
  const keys = { privateKey: await importKey(key), publicKey: await publicHalf(key) };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialFrom(options.randomBytes),
    name:
      former === undefined ? [{ CN: ['Parley tracker CA'] }] : new x509.X509Certificate(former).subjectName.toJSON(),
    notBefore: new Date(CA_NOT_BEFORE),
    notAfter: new Date(CA_NOT_AFTER),
    signingAlgorithm: ED25519,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await subjectKeyId(keys.publicKey, former),
    ],
  });
  return certificate.toString('pem');
}

async function subjectKeyId(key: webcrypto.CryptoKey, former: string | undefined) {
  const x509 = await library();
  const known =
    former === undefined
      ? undefined
      : new x509.X509Certificate(former).getExtension(x509.SubjectKeyIdentifierExtension);
  return known ?? x509.SubjectKeyIdentifierExtension.create(key, false);
}

/** Whether a CA certificate (PEM) is valid at all times, whatever a clock says. */
export function holdsAlways(certificate: string): boolean {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return Date.parse(validFrom) <= CA_NOT_BEFORE && Date.parse(validTo) >= CA_NOT_AFTER;
}

/** Loaded for the first certificate that is made or request that is read: a start needs neither, and would be longer by a tenth. */
async function library() {
  await import('reflect-metadata'); // It resolves its parts with tsyringe, which needs this first.
  return import('@peculiar/x509');
}
