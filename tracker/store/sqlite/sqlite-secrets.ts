import type { SecretStore } from '../tracker-store.js';
import { toPromise, type Database } from './database.js';

export class SqliteSecrets implements SecretStore {
  readonly #get;
  readonly #create;

  constructor(db: Database) {
    this.#get = db.prepare('SELECT value FROM secrets WHERE name = ?');
    this.#create = db.prepare('INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return toPromise(() => this.#value(name));
  }

  create(name: string, value: Uint8Array): Promise<Uint8Array> {
    return toPromise(() => {
      this.#create.run(name, value);
      return this.#value(name) ?? value;
    });
  }

  #value(name: string): Uint8Array | undefined {
    return (this.#get.get(name) as { value: Uint8Array } | undefined)?.value;
  }
}
