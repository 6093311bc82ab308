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
}

const SELECT = `
  SELECT d.device, d.user, a.username, d.certificate, d.created, d.revoked
  FROM devices d JOIN accounts a ON a.key = d.user`;

const toDevice = (row: Row): Device => ({ ...row, revoked: row.revoked === 1 });

export class SqliteDevices implements DeviceStore {
  readonly #put;
  readonly #find;
  readonly #ofUser;
  readonly #revoke;

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT INTO devices (device, user, certificate, created) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET certificate = excluded.certificate WHERE user = excluded.user AND revoked = 0`,
    );
    this.#find = db.prepare(`${SELECT} WHERE d.device = ?`);
    this.#ofUser = db.prepare(`${SELECT} WHERE d.user = ? ORDER BY d.created, d.device`);
    this.#revoke = db.prepare('UPDATE devices SET revoked = 1 WHERE device = ?');
  }

  put(device: Omit<Device, 'revoked'>): Promise<boolean> {
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

  revoke(device: DeviceId): Promise<void> {
    return work(() => {
      this.#revoke.run(device);
    });
  }
}
