import type { UserKey } from '../../../protocol/ids.js';
import type { Counted, DailyCounts, SecretStore } from '../tracker-store.js';
import type { Bucket } from './bucket.js';

/** Under `<user>.<what>`. */
export interface DayCount {
  day: number;
  count: number;
}

export class NatsDailyCounts implements DailyCounts {
  constructor(private readonly counts: Bucket<DayCount>) {}

  async take(user: UserKey, what: Counted, day: number, max: number): Promise<boolean> {
    let isTaken = false;
    await this.counts.update(`${user}.${what}`, (known) => {
      const count = known?.day === day ? known.count : 0;
      isTaken = count < max;
      return isTaken ? { day, count: count + 1 } : undefined;
    });
    return isTaken;
  }
}

/** Values in base64url. */
export class NatsSecrets implements SecretStore {
  constructor(private readonly secrets: Bucket<string>) {}

  async get(name: string): Promise<Uint8Array | undefined> {
    const found = await this.secrets.find(name);
    return found === undefined ? undefined : Buffer.from(found, 'base64url');
  }

  async create(name: string, value: Uint8Array): Promise<Uint8Array> {
    const kept = await this.secrets.update(name, (known) =>
      known === undefined ? Buffer.from(value).toString('base64url') : undefined,
    );
    return Buffer.from(kept ?? '', 'base64url');
  }
}
