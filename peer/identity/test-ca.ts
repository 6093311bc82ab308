/** Test support: a CA that issues what a tracker issues (SPEC.md section 3), and what a wrong one might. */
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { createPublicKey, generateKeyPairSync, webcrypto, type KeyObject } from 'node:crypto';
import {
  deviceIdOfKey,
  readAuthority,
  readDeviceCertificate,
  type Authority,
  type DeviceCertificate,
} from './certificate.js';
import type { DeviceId, Username } from '../../protocol/ids.js';

const DAY = 24 * 3600_000;
const ED25519 = { name: 'Ed25519' };

interface IssueOptions {
  commonName?: string;
  /** `null`: without a SAN. */
  san?: string | null;
  notBefore?: number;
  notAfter?: number;
  ca?: boolean;
}

/** A device as its tracker knows it. Has the shape of `Identity` as far as links need it. */
export interface TestDevice {
  username: Username;
  device: DeviceId;
  privateKey: KeyObject;
  certificatePem: string;
  caPem: string;
  certificate: DeviceCertificate;
  authority: Authority;
}

export class TestCa {
  private serial = 1;

  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly name: string,
    readonly pem: string,
  ) {}

  static async create(name = 'Parley test CA'): Promise<TestCa> {
    const keys = (await webcrypto.subtle.generateKey(ED25519, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    return TestCa.of(keys, name, Date.now() - DAY, Date.now() + 3650 * DAY);
  }

  /** The same CA with another certificate for its key, valid from then to then. */
  again(notBefore: number, notAfter: number): Promise<TestCa> {
    return TestCa.of(this.keys, this.name, notBefore, notAfter);
  }

  private static async of(keys: webcrypto.CryptoKeyPair, name: string, from: number, to: number): Promise<TestCa> {
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: [{ CN: [name] }],
      notBefore: new Date(from),
      notAfter: new Date(to),
      keys,
      signingAlgorithm: ED25519,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new TestCa(keys, name, certificate.toString('pem'));
  }

  get authority(): Authority {
    return readAuthority(this.pem);
  }

  /** A certificate for any public key, PEM. By default a good one for `alice`. */
  async issue(publicKey: KeyObject, options: IssueOptions = {}): Promise<string> {
    const { commonName = 'alice', san, ca = false } = options;
    const name = san === undefined ? `parley:device:${deviceIdOfKey(publicKey)}` : san;
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    this.serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.serial.toString(16).padStart(4, '0'),
      subject: [{ CN: [commonName] }],
      issuer: new x509.X509Certificate(this.pem).subject,
      notBefore: new Date(options.notBefore ?? Date.now() - DAY),
      notAfter: new Date(options.notAfter ?? Date.now() + 30 * DAY),
      publicKey: new x509.PublicKey(spki),
      signingKey: this.keys.privateKey,
      signingAlgorithm: ED25519,
      extensions: [
        new x509.BasicConstraintsExtension(ca, undefined, true),
        ...(name === null ? [] : [new x509.SubjectAlternativeNameExtension([{ type: 'url', value: name }])]),
      ],
    });
    return certificate.toString('pem');
  }

  /** A new device of this user, with a good certificate unless told otherwise. */
  async device(username: string, options: IssueOptions = {}): Promise<TestDevice> {
    const { privateKey } = generateKeyPairSync('ed25519');
    return this.certify(privateKey, username, options);
  }

  async certify(privateKey: KeyObject, username: string, options: IssueOptions = {}): Promise<TestDevice> {
    const issued = await this.issue(createPublicKey(privateKey), { commonName: username, ...options });
    const certificate = readDeviceCertificate(issued, this.authority);
    const { device, pem: certificatePem } = certificate;
    return {
      username: certificate.username,
      device,
      privateKey,
      certificatePem,
      caPem: this.pem,
      certificate,
      authority: this.authority,
    };
  }
}
