/** Devices that were revoked, as the tracker's CA signed it: kept for good, since their later entries may still come. */
import type { Database, Statement } from './sqlite.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Revocation } from '../../protocol/revocation.js';

export class RevocationStore {
  private readonly put: Statement;

  constructor(private readonly db: Database) {
    this.put = db.prepare('INSERT OR REPLACE INTO revocations (device, time, sig) VALUES (?, ?, ?)');
  }

  load(): Revocation[] {
    return this.db
      .prepare('SELECT device, time, sig FROM revocations')
      .all()
      .map((row) => ({
        device: row['device'] as DeviceId,
        time: new Date(Number(row['time'])).toISOString(),
        sig: row['sig'] as string,
      }));
  }

  save({ device, time, sig }: Revocation): void {
    this.put.run(device, Date.parse(time), sig);
  }
}
