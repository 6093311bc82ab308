/** What the tracker's CA has stated, by what it is about. */
import { AccountWordStore } from './account-words.js';
import { ChannelWordStore } from './channel-words.js';
import { RevocationStore } from './revocations.js';
import type { Database } from './sqlite.js';

export class StatedStore {
  readonly revocations: RevocationStore;
  readonly accounts: AccountWordStore;
  readonly channels: ChannelWordStore;

  constructor(db: Database) {
    this.revocations = new RevocationStore(db);
    this.accounts = new AccountWordStore(db);
    this.channels = new ChannelWordStore(db);
  }
}
