/** Device certificates of authors, kept for as long as their entries are: an absent author is checked against them. */
import type { Database, Statement } from './sqlite.js';
import { isParleyError } from '../../protocol/errors.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Numbering } from './numbering.js';
import type { Transactions } from './transactions.js';

export interface StoredCertificate {
  readonly device: DeviceId;
  readonly username: Username;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  readonly pem: string;
}

/** Renewals pile up; two cover every entry that can still arrive, older ones cover history. */
const KEPT_PER_DEVICE = 64;

export class CertificateStore {
  private readonly add: Statement;
  private readonly of: Statement;
  private readonly prune: Statement;
  private readonly all: Statement;
  /** What a full disk refused, by its text: it goes with the next transaction, before any entry that needs it. */
  private readonly unsaved = new Map<string, StoredCertificate>();

  constructor(
    db: Database,
    private readonly numbers: Numbering,
    private readonly transactions: Transactions,
  ) {
    transactions.accompany({
      write: () => this.unsaved.forEach((certificate) => this.write(certificate)),
      written: () => this.unsaved.clear(),
    });
    this.add = db.prepare('INSERT OR REPLACE INTO certificates (device, not_after, pem) VALUES (?, ?, ?)');
    this.of = db.prepare('SELECT pem FROM certificates WHERE device = ? ORDER BY not_after DESC');
    this.all = db.prepare(
      `SELECT d.id, d.username, max(c.not_after) AS not_after FROM certificates c JOIN devices d ON d.n = c.device
         WHERE d.era = ? GROUP BY c.device ORDER BY c.device`,
    );
    this.prune = db.prepare(
      'DELETE FROM certificates WHERE device = ?1 AND not_after < (SELECT not_after FROM certificates WHERE device = ?1 ORDER BY not_after DESC LIMIT 1 OFFSET ?2)',
    );
  }

  /** Of the present authority. Never throws for want of room: then it is kept in memory until there is some. */
  save(certificate: StoredCertificate): void {
    this.unsaved.set(certificate.pem, certificate);
    try {
      this.transactions.run(() => {});
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'storage_full') throw error;
    }
  }

  private write({ device, username, notAfter, pem }: StoredCertificate): void {
    const n = this.numbers.device(device, username);
    this.numbers.certified(n);
    this.add.run(n, notAfter, pem);
    this.prune.run(n, KEPT_PER_DEVICE);
  }

  /** Every device with a certificate of the present authority here, and until when its newest one counts. */
  devices(): Omit<StoredCertificate, 'pem'>[] {
    return this.all.all(this.numbers.era).map((row) => ({
      device: row['id'] as DeviceId,
      username: row['username'] as Username,
      notAfter: Number(row['not_after']),
    }));
  }

  /** Under which authority it was certified: as many had come to their end before. */
  eraOf(device: DeviceId): number {
    return this.numbers.eraOf(device);
  }

  /** Newest first. */
  pems(device: DeviceId): string[] {
    const n = this.numbers.deviceIfKnown(device);
    const unsaved = [...this.unsaved.values()].filter((certificate) => certificate.device === device);
    const saved = n === undefined ? [] : this.of.all(n).map((row) => row['pem'] as string);
    return [...unsaved.map(({ pem }) => pem), ...saved];
  }
}
