/**
 * Certificates read once in a process: checking one costs two signature checks, and the same few come again with every link, with the
 * history, and for each peer of a gateway.
 */
import { RECEIPT_LOGS_MAX } from '../../protocol/receipt-messages.js';
import { readDeviceCertificate, type Authority, type DeviceCertificate } from './certificate.js';

/**
 * With the receipts of a large channel come the certificates of all of its devices, over each link once: were fewer kept than there are, each
 * would be checked anew each time, in a third of a millisecond. Some 4 KB each.
 */
const KEPT_MAX = 2 * RECEIPT_LOGS_MAX;

export class CertificateReader {
  readonly #known = new Map<string, DeviceCertificate>();

  /** @param limit of certificates kept; the one that was used longest ago goes first. */
  constructor(
    readonly authority: Authority,
    private readonly limit = KEPT_MAX,
  ) {}

  /** As `readDeviceCertificate`. Refusals are not kept: they cost their sender more than us. */
  read(pem: string): DeviceCertificate {
    return used(this.#known, pem, this.limit, () => readDeviceCertificate(pem, this.authority));
  }
}

/** So many authorities have a reader of their own here: that of each tracker in use, more only in tests. */
const AUTHORITIES_MAX = 8;
const readers = new Map<string, CertificateReader>();

/** The one reader of an authority, whoever asks. What it has read is a function of its two inputs, so that sharing it shows nowhere. */
export function readerOf(authority: Authority): CertificateReader {
  const key = authority.certificate.fingerprint256;
  return used(readers, key, AUTHORITIES_MAX, () => new CertificateReader(authority));
}

/** The value of a key, made where it is missing; what was used longest ago goes first. */
function used<Value>(cache: Map<string, Value>, key: string, limit: number, make: () => Value): Value {
  const value = cache.get(key) ?? make();
  cache.delete(key);
  cache.set(key, value);
  if (cache.size > limit) {
    const [oldest] = cache.keys();
    if (oldest !== undefined) cache.delete(oldest);
  }
  return value;
}
