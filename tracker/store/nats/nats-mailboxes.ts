import { randomUUID } from 'node:crypto';
import type { DeviceId, UserKey } from '../../../protocol/ids.js';
import type { MailboxStore, NewMail, StoredMail } from '../mailbox-store.js';
import type { Bucket } from './bucket.js';
import type { Message } from './streams.js';

/** What is in memory of a letter; the rest is in the stream. Its key is `<user>.<device>.<random>`. */
export interface MailFacts {
  size: number;
  created: number;
}

const PREKEY = 'Parley-Prekey';
const CREATED = 'Parley-Created';
const SIZE = 'Nats-Msg-Size';

export function readMail({ headers }: Message): MailFacts {
  return { size: Number(headers.get(SIZE) ?? 0), created: Number(headers.get(CREATED) ?? 0) };
}

const EMPTY = Buffer.alloc(0);

interface Owner {
  user: UserKey;
  device: DeviceId;
}

/**
 * Letters. The id of one is its revision, which is never given twice. The limit of a mailbox is counted from what this node knows:
 * letters that several nodes take in the same moment may go beyond it by those.
 */
export class NatsMailboxes implements MailboxStore {
  /** Of a device, by revision. */
  readonly #mails = new Map<string, Map<number, string>>();
  readonly #bytes = new Map<UserKey, number>();
  /** Bytes that are being written. */
  readonly #reserved = new Map<UserKey, number>();
  readonly #listeners = new Set<(to: Owner) => void>();

  constructor(private readonly bucket: Bucket<MailFacts>) {
    for (const [key, facts, revision] of bucket.mirror.values()) this.#add(key, facts, revision);
    bucket.watch(({ key, before, after, revision }) => {
      if (before) this.#drop(key, before);
      if (!after) return;
      this.#add(key, after, revision);
      for (const listener of this.#listeners) listener(ownerOf(key));
    });
  }

  async put({ user, device, prekey, blob, created }: NewMail, maxBytes: number): Promise<boolean> {
    const size = blob.length;
    const reserved = this.#reserved.get(user) ?? 0;
    if ((this.#bytes.get(user) ?? 0) + reserved + size > maxBytes) return false;
    this.#reserved.set(user, reserved + size);
    try {
      const headers = { [PREKEY]: prekey, [CREATED]: String(created) };
      await this.bucket.putBody(`${user}.${device}.${randomUUID()}`, { size, created }, blob, headers);
      return true;
    } finally {
      const left = (this.#reserved.get(user) ?? 0) - size;
      if (left > 0) this.#reserved.set(user, left);
      else this.#reserved.delete(user);
    }
  }

  /** Whether this very letter is there. */
  async has({ user, device, created, blob }: NewMail): Promise<boolean> {
    for (const [revision, key] of this.#mails.get(`${user}.${device}`) ?? []) {
      const facts = this.bucket.get(key);
      if (facts?.created !== created || facts.size < blob.length) continue;
      if (Buffer.compare((await this.bucket.message(revision))?.body ?? EMPTY, blob) === 0) return true;
    }
    return false;
  }

  async list(
    of: Owner,
    after: string | undefined,
    maxCount: number,
    maxBytes: number,
  ): Promise<{ mails: readonly StoredMail[]; more: boolean }> {
    const all = this.#mails.get(`${of.user}.${of.device}`) ?? new Map<number, string>();
    const revisions = [...all.keys()].filter((revision) => revision > toNumber(after)).sort((a, b) => a - b);
    const page: number[] = [];
    let bytes = 0;
    for (const revision of revisions) {
      bytes += this.bucket.get(all.get(revision) ?? '')?.size ?? 0;
      if (page.length > 0 && (bytes > maxBytes || page.length >= maxCount)) break;
      page.push(revision);
    }
    const mails = await Promise.all(page.map((revision) => this.bucket.message(revision)));
    return {
      // One that is not there any more was fetched at another node in this moment.
      mails: mails.flatMap((mail) =>
        mail ? [{ id: String(mail.revision), prekey: mail.headers.get(PREKEY) ?? '', blob: mail.body }] : [],
      ),
      more: page.length < revisions.length,
    };
  }

  async remove(of: Owner, ids: readonly string[]): Promise<void> {
    const all = this.#mails.get(`${of.user}.${of.device}`);
    const keys = ids.flatMap((id) => all?.get(toNumber(id)) ?? []);
    await Promise.all(keys.map((key) => this.bucket.remove(key)));
  }

  async removeDevice(device: DeviceId): Promise<void> {
    const boxes = [...this.#mails].filter(([box]) => box.endsWith(`.${device}`));
    for (const [, mails] of boxes) for (const key of [...mails.values()]) await this.bucket.remove(key);
  }

  async removeOlder(created: number): Promise<number> {
    const older = [...this.bucket.mirror.values()].filter(([, facts]) => facts.created <= created);
    for (const [key] of older) await this.bucket.remove(key);
    return older.length;
  }

  bytes(user: UserKey): Promise<number> {
    return Promise.resolve(this.#bytes.get(user) ?? 0);
  }

  watch(listener: (to: Owner) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All letters, oldest first. */
  async *all(): AsyncGenerator<NewMail> {
    const sorted = [...this.bucket.mirror.values()].sort(([, , a], [, , b]) => a - b);
    for (const [key, { created }, revision] of sorted) {
      const message = await this.bucket.message(revision);
      if (!message) continue;
      yield { ...ownerOf(key), prekey: message.headers.get(PREKEY) ?? '', blob: message.body, created };
    }
  }

  #add(key: string, { size }: MailFacts, revision: number): void {
    const { user, device } = ownerOf(key);
    const box = `${user}.${device}`;
    const mails = this.#mails.get(box);
    if (mails) mails.set(revision, key);
    else this.#mails.set(box, new Map([[revision, key]]));
    this.#bytes.set(user, (this.#bytes.get(user) ?? 0) + size);
  }

  #drop(key: string, { size }: MailFacts): void {
    const { user, device } = ownerOf(key);
    const mails = this.#mails.get(`${user}.${device}`);
    for (const [revision, of] of mails ?? []) if (of === key) mails?.delete(revision);
    if (mails?.size === 0) this.#mails.delete(`${user}.${device}`);
    const left = (this.#bytes.get(user) ?? 0) - size;
    if (left > 0) this.#bytes.set(user, left);
    else this.#bytes.delete(user);
  }
}

function ownerOf(key: string): Owner {
  const [user, device] = key.split('.') as [UserKey, DeviceId];
  return { user, device };
}

/** Ids are revisions. For anything else: 0, which no letter has. */
function toNumber(id: string | undefined): number {
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : 0;
}
