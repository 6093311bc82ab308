import type { DeviceId, UserKey, Username } from '../../../protocol/ids.js';
import type { Device, DeviceStore } from '../tracker-store.js';
import { work, type Database } from './database.js';

interface Row {
  device: DeviceId;
  user: UserKey;
  username: Username;
  certificate: string;
  created: number;
  revoked: number;
  revokedAt: number | null;
}

const SELECT = `
  SELECT d.device, d.user, a.username, d.certificate, d.created, d.revoked, d.revoked_at AS revokedAt
  FROM devices d JOIN accounts a ON a.key = d.user`;

const toDevice = ({ revokedAt, ...row }: Row): Device => ({
  ...row,
  revoked: row.revoked === 1,
  ...(revokedAt === null ? {} : { revokedAt }),
});

export class SqliteDevices implements DeviceStore {
  readonly #put;
  readonly #find;
  readonly #ofUser;
  readonly #revoke;
  readonly #revoked;

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT INTO devices (device, user, certificate, created) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET certificate = excluded.certificate WHERE user = excluded.user AND revoked = 0`,
    );
    this.#find = db.prepare(`${SELECT} WHERE d.device = ?`);
    this.#ofUser = db.prepare(`${SELECT} WHERE d.user = ? ORDER BY d.created, d.device`);
    this.#revoke = db.prepare('UPDATE devices SET revoked = 1, revoked_at = ? WHERE device = ? AND revoked = 0');
    this.#revoked = db.prepare(
      'SELECT device, revoked_at AS revokedAt FROM devices WHERE revoked = 1 ORDER BY revoked_at DESC LIMIT ?',
    );
  }

  put(device: Omit<Device, 'revoked' | 'revokedAt'>): Promise<boolean> {
    return work(() => this.#put.run(device.device, device.user, device.certificate, device.created).changes > 0);
  }

  find(device: DeviceId): Promise<Device | undefined> {
    return work(() => {
      const row = this.#find.get(device) as Row | undefined;
      return row && toDevice(row);
    });
  }

  ofUser(user: UserKey): Promise<readonly Device[]> {
    return work(() => (this.#ofUser.all(user) as Row[]).map(toDevice));
  }

  revoke(device: DeviceId, at: number): Promise<void> {
    return work(() => {
      this.#revoke.run(at, device);
    });
  }

  revoked(limit: number): Promise<readonly { device: DeviceId; revokedAt: number }[]> {
    return work(() => this.#revoked.all(limit) as { device: DeviceId; revokedAt: number }[]);
  }
}
