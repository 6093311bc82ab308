/** Where other devices were last reached: dialled first, and the way back to them when the tracker is away. */
import type { Database, Statement } from './sqlite.js';
import type { DeviceId, Username } from '../../protocol/ids.js';

export interface Contact {
  readonly username: Username;
  readonly device: DeviceId;
  readonly host: string;
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
}

/** The most recently seen ones are loaded; a network larger than this finds the rest through the tracker. */
const LOADED_MAX = 10_000;

export class ContactStore {
  private readonly put: Statement;

  constructor(
    private readonly db: Database,
    private readonly failed: (error: unknown) => void,
  ) {
    this.put = db.prepare(
      `INSERT INTO contacts (device, username, host, port, last_seen) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET host = excluded.host, port = excluded.port, last_seen = excluded.last_seen`,
    );
  }

  load(): Contact[] {
    const rows = this.db.prepare('SELECT * FROM contacts ORDER BY last_seen DESC LIMIT ?').all(LOADED_MAX);
    return rows.map((row) => ({
      username: row['username'] as Username,
      device: row['device'] as DeviceId,
      host: row['host'] as string,
      port: Number(row['port']),
      lastSeen: Number(row['last_seen']),
    }));
  }

  /** Never throws: an address that could not be kept is found again. */
  save({ device, username, host, port, lastSeen }: Contact): void {
    try {
      this.put.run(device, username, host, port, lastSeen);
    } catch (error) {
      this.failed(error);
    }
  }
}
