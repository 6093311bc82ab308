import type { DeviceId, UserKey, Username } from '../../../protocol/ids.js';
import type { CertifiedDevice, Device, DeviceStore, LineageState, RevokedDevice } from '../tracker-store.js';
import { toPromise, type Database } from './database.js';
import type { GroupedWrites } from './grouped-writes.js';

interface Row {
  device: DeviceId;
  user: UserKey;
  username: Username;
  certificate: string;
  created: number;
  revoked: number;
  revokedAt: number | null;
  epoch: number | null;
  name: string | null;
  platform: string | null;
}

const SELECT = `
  SELECT d.device, d.user, a.username, d.certificate, d.created, d.revoked, d.revoked_at AS revokedAt, d.epoch,
    d.name, d.platform
  FROM devices d JOIN accounts a ON a.key = d.user`;

const toDevice = ({ revokedAt, epoch, name, platform, ...row }: Row): Device => ({
  ...row,
  revoked: row.revoked === 1,
  ...(revokedAt === null ? {} : { revokedAt }),
  ...(epoch === null ? {} : { epoch }),
  ...(name === null ? {} : { name }),
  ...(platform === null ? {} : { platform }),
});

export class SqliteDevices implements DeviceStore {
  readonly #listeners = new Set<(revoked: RevokedDevice) => void>();
  readonly #put;
  readonly #setEpoch;
  readonly #describe;
  readonly #rename;
  readonly #lastSeen;
  readonly #seen;
  readonly #find;
  readonly #ofUser;
  readonly #revoke;
  readonly #userOf;
  readonly #revoked;
  readonly #lineage;
  readonly #setLineage;

  constructor(
    private readonly db: Database,
    private readonly writes: GroupedWrites,
  ) {
    this.#put = db.prepare(
      `INSERT INTO devices (device, user, certificate, created) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET certificate = excluded.certificate WHERE user = excluded.user AND revoked = 0`,
    );
    this.#setEpoch = db.prepare('UPDATE devices SET epoch = ? WHERE device = ?');
    // Each connection of a device says the same again: that is no write, and costs no sync of the disk.
    this.#describe = db.prepare(
      `UPDATE devices SET name = coalesce(name, ?1), platform = coalesce(?2, platform)
       WHERE device = ?3 AND (name IS NOT coalesce(name, ?1) OR platform IS NOT coalesce(?2, platform))`,
    );
    this.#rename = db.prepare('UPDATE devices SET name = ? WHERE device = ?');
    this.#lastSeen = db.prepare('SELECT last_seen AS at FROM devices WHERE device = ?');
    this.#seen = db.prepare('UPDATE devices SET last_seen = ?1 WHERE device = ?2 AND coalesce(last_seen, 0) < ?1');
    this.#find = db.prepare(`${SELECT} WHERE d.device = ?`);
    this.#ofUser = db.prepare(`${SELECT} WHERE d.user = ? ORDER BY d.created, d.device`);
    // No RETURNING: outside a transaction its row is read before the commit, and that one's error is not seen.
    this.#revoke = db.prepare('UPDATE devices SET revoked = 1, revoked_at = ? WHERE device = ? AND revoked = 0');
    this.#userOf = db.prepare('SELECT user FROM devices WHERE device = ?');
    this.#revoked = db.prepare(
      'SELECT device, revoked_at AS revokedAt FROM devices WHERE revoked = 1 ORDER BY revoked_at DESC LIMIT ?',
    );
    this.#lineage = db.prepare('SELECT mark, copied FROM devices WHERE device = ? AND mark IS NOT NULL');
    this.#setLineage = db.prepare('UPDATE devices SET mark = ?, copied = ? WHERE device = ?');
  }

  put(device: CertifiedDevice): Promise<boolean> {
    return this.writes.run(
      () => this.#put.run(device.device, device.user, device.certificate, device.created).changes > 0,
    );
  }

  setEpoch(device: DeviceId, epoch: number): Promise<void> {
    return this.writes.run(() => {
      this.#setEpoch.run(epoch, device);
    });
  }

  describe(device: DeviceId, { name, platform }: { name?: string; platform?: string }): Promise<void> {
    return this.writes.run(() => {
      this.#describe.run(name ?? null, platform ?? null, device);
    });
  }

  rename(device: DeviceId, name: string): Promise<void> {
    return toPromise(() => {
      this.#rename.run(name, device);
    });
  }

  lastSeen(device: DeviceId): Promise<number | undefined> {
    return toPromise(() => (this.#lastSeen.get(device) as { at: number | null } | undefined)?.at ?? undefined);
  }

  seen(times: ReadonlyMap<DeviceId, number>): Promise<void> {
    return toPromise(() => {
      this.db.exec('BEGIN IMMEDIATE');
      try {
        for (const [device, at] of times) this.#seen.run(at, device);
        this.db.exec('COMMIT');
      } catch (error) {
        this.db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  find(device: DeviceId): Promise<Device | undefined> {
    return toPromise(() => {
      const row = this.#find.get(device) as Row | undefined;
      return row && toDevice(row);
    });
  }

  ofUser(user: UserKey): Promise<readonly Device[]> {
    return toPromise(() => (this.#ofUser.all(user) as Row[]).map(toDevice));
  }

  revoke(device: DeviceId, at: number): Promise<boolean> {
    return toPromise(() => {
      if (this.#revoke.run(at, device).changes === 0) return false;
      const row = this.#userOf.get(device) as { user: UserKey } | undefined;
      if (row) for (const listener of this.#listeners) listener({ device, user: row.user, revokedAt: at });
      return true;
    });
  }

  lineage(device: DeviceId): Promise<LineageState | undefined> {
    return toPromise(() => {
      const row = this.#lineage.get(device) as { mark: string; copied: number } | undefined;
      return row && { mark: row.mark, copied: row.copied === 1 };
    });
  }

  setLineage(device: DeviceId, { mark, copied }: LineageState): Promise<void> {
    return this.writes.run(() => {
      this.#setLineage.run(mark, copied ? 1 : 0, device);
    });
  }

  revoked(limit: number): Promise<readonly { device: DeviceId; revokedAt: number }[]> {
    return toPromise(() => this.#revoked.all(limit) as { device: DeviceId; revokedAt: number }[]);
  }

  watch(listener: (revoked: RevokedDevice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
