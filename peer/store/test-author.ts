/** Test support: devices that write logs which prove themselves. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { entryId, signedBytes, type Entry, type EntryFields } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import { deviceIdOfKey } from '../identity/certificate.js';
import { TestCa } from '../identity/test-ca.js';
import type { Store } from './store.js';

export const general = '#general' as ConversationId;

const ca = await TestCa.create();

export class Author {
  readonly keys = generateKeyPairSync('ed25519');
  readonly device: DeviceId = deviceIdOfKey(this.keys.publicKey);
  readonly username: Username;
  private seq = 0;
  private prev: EntryFields['prev'] = '';

  constructor(name: string) {
    this.username = name as Username;
  }

  async introduce(store: Store): Promise<void> {
    const pem = await ca.issue(this.keys.publicKey, { commonName: this.username });
    store.certificates.save({ device: this.device, username: this.username, notAfter: Date.UTC(2026, 6, 1), pem });
  }

  /** The next entries of its log, the last of every `burst` signed. */
  write(count: number, burst = 4): Entry[] {
    const said = Array.from({ length: count }, (_, i) => {
      const message = `${this.username} ${this.seq + i + 1} ${'.'.repeat(300)}`;
      return { kind: 'text', message, data: {} };
    });
    return this.say(said, burst);
  }

  /** The same of any kinds. */
  say(said: readonly Pick<Entry, 'kind' | 'message' | 'data'>[], burst = 4): Entry[] {
    const count = said.length;
    return said.map(({ kind, message, data }, i) => {
      const fields: EntryFields = {
        ...{ conversation: general, from: this.username, device: this.device, seq: ++this.seq, prev: this.prev },
        ...{ time: new Date(Date.UTC(2026, 0, 1) + this.seq * 1000).toISOString(), kind, data, message },
      };
      const id: EntryId = entryId(fields);
      this.prev = id;
      const last = (i + 1) % burst === 0 || i === count - 1;
      const sig = sign(null, signedBytes(id), this.keys.privateKey).toString('base64url');
      return last ? { ...fields, id, sig } : { ...fields, id };
    });
  }
}
