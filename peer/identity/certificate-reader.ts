/** Certificates read once: checking one costs two signature checks, and the same few come again with every link. */
import { readDeviceCertificate, type Authority, type DeviceCertificate } from './certificate.js';

export class CertificateReader {
  readonly #known = new Map<string, DeviceCertificate>();

  /** @param limit of certificates kept; the one that was used longest ago goes first. */
  constructor(
    readonly authority: Authority,
    private readonly limit = 1024,
  ) {}

  /** As `readDeviceCertificate`. Refusals are not kept: they cost their sender more than us. */
  read(pem: string): DeviceCertificate {
    const certificate = this.#known.get(pem) ?? readDeviceCertificate(pem, this.authority);
    this.#known.delete(pem);
    this.#known.set(pem, certificate);
    if (this.#known.size > this.limit) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return certificate;
  }
}
