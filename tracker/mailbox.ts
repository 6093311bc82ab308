import { verify } from 'node:crypto';
import { ParleyError } from '../protocol/errors.js';
import { sameUser, userKey, type ChannelName, type DeviceId, type UserKey, type Username } from '../protocol/ids.js';
import { MAILBOX_LIFE_MS, MAILBOX_PAGE_BYTES, MAILBOX_PAGE_MAX } from '../protocol/limits.js';
import { PREKEYS_MAX, type MailPage, type PostMail, type PublishedPrekey } from '../protocol/mailbox-api.js';
import { prekeyBytes, prekeyBytesOf, type Prekey } from '../protocol/mailbox-prekey.js';
import { isSealed } from '../protocol/sealed.js';
import type { Clock } from './clock.js';
import { dayOf, RateLimited, restOfDay } from './daily-limits.js';
import { keyOfDevice } from './device-key.js';
import type { MailboxStore, PrekeyStore, StoredPrekey } from './store/mailbox-store.js';
import type { AccountStore, ChannelStore, Device, DeviceStore } from './store/tracker-store.js';

export interface MailboxesOptions {
  store: {
    mailboxes: MailboxStore;
    prekeys: PrekeyStore;
    accounts: Pick<AccountStore, 'find'>;
    devices: Pick<DeviceStore, 'find'>;
    channels: Pick<ChannelStore, 'ofUser'>;
  };
  clock: Clock;
  /** Sealed bytes that one user's mailbox takes; that one user puts into all mailboxes in a day. */
  maxBytes: number;
  maxSentADay: number;
}

/** One sender may put this part of a mailbox's size into it in a day. */
const SENDER_PART = 4;

/**
 * Sealed letters for users who are offline, and the prekeys that they are sealed to (SPEC.md section 6). The tracker cannot
 * read a letter, and does not store who sent it.
 */
export class Mailboxes {
  readonly #options: MailboxesOptions;
  readonly #quota: SenderQuota;

  constructor(options: MailboxesOptions) {
    this.#options = options;
    this.#quota = new SenderQuota(options.clock, Math.ceil(options.maxBytes / SENDER_PART), options.maxSentADay);
  }

  /** Errors: forbidden for another user's, not_found for a device without a certificate, device_revoked, bad_prekey. */
  async publish(username: Username, prekey: Prekey): Promise<void> {
    const { store, clock } = this.#options;
    if (!sameUser(prekey.username, username)) throw new ParleyError('forbidden');
    const { certificate } = await this.#own(username, prekey.device);
    const key = keyOfDevice(certificate, prekey.device);
    const signed = prekeyBytesOf(prekey) && verify(null, prekeyBytes(prekey), key, base64(prekey.sig));
    if (!signed) throw new ParleyError('bad_prekey');
    await store.prekeys.put({ prekey, user: userKey(username), published: clock.now() });
  }

  /** Errors: unknown_user. */
  async prekeysOf(user: UserKey): Promise<PublishedPrekey[]> {
    const { store } = this.#options;
    if (!(await store.accounts.find(user))) throw new ParleyError('unknown_user');
    return this.#published(await store.prekeys.ofUser(user, PREKEYS_MAX));
  }

  /** Errors: not_member, also where there is no such channel. */
  async prekeysIn(channel: ChannelName, reader: UserKey): Promise<PublishedPrekey[]> {
    const { store } = this.#options;
    if (!(await store.channels.ofUser(reader)).includes(channel)) throw new ParleyError('not_member');
    return this.#published(await store.prekeys.ofChannel(channel, PREKEYS_MAX));
  }

  /**
   * Errors: unknown_user, not_found for a device that is not theirs, device_revoked, stale_prekey, bad_sealed for what is
   * not a sealed letter by its form, rate_limited, mailbox_full.
   */
  async post(sender: UserKey, to: UserKey, { device: claimed, prekey, blob: text }: PostMail): Promise<void> {
    const { store, clock, maxBytes } = this.#options;
    const device = claimed as DeviceId;
    const blob = base64(text);
    if (!isSealed(blob)) throw new ParleyError('bad_sealed');
    if (!(await store.accounts.find(to))) throw new ParleyError('unknown_user');
    const known = await store.devices.find(device);
    if (known?.user !== to)
      throw new ParleyError('not_found', 'That user has no such device. Fetch the prekeys again.');
    if (known.revoked) throw new ParleyError('device_revoked');
    if ((await store.prekeys.find(device))?.prekey.id !== prekey) throw new ParleyError('stale_prekey');
    const over = this.#quota.take(sender, to, blob.length);
    // It says something of this recipient alone: letters to others still go.
    if (over === 'mailbox')
      throw new ParleyError('mailbox_full', 'That is too much for one mailbox in a day. The rest goes tomorrow.');
    if (over !== undefined) {
      const message = 'That is too much of one account for all mailboxes in a day. The rest goes tomorrow.';
      throw new RateLimited(message, restOfDay(clock.now()));
    }
    if (!(await store.mailboxes.put({ user: to, device, prekey, blob, created: clock.now() }, maxBytes))) {
      this.#quota.refund(sender, to, blob.length);
      throw new ParleyError('mailbox_full');
    }
  }

  /** Errors: forbidden for a device that is not one's own, not_found, device_revoked. */
  async fetch(username: Username, device: DeviceId, after: string | undefined): Promise<MailPage> {
    const { mailboxes, prekeys } = this.#options.store;
    await this.#own(username, device);
    const of = { user: userKey(username), device };
    const { mails, more } = await mailboxes.list(of, after, MAILBOX_PAGE_MAX, MAILBOX_PAGE_BYTES);
    const current = (await prekeys.find(device))?.prekey.id;
    return {
      status: 'success',
      mails: mails.map(({ id, prekey, blob }) => ({ id, prekey, blob: Buffer.from(blob).toString('base64url') })),
      more,
      ...(current === undefined ? {} : { prekey: current }),
    };
  }

  /** Errors: as `fetch`. Unknown ids are ignored. */
  async ack(username: Username, device: DeviceId, ids: readonly string[]): Promise<void> {
    await this.#own(username, device);
    await this.#options.store.mailboxes.remove({ user: userKey(username), device }, ids);
  }

  /** Removes letters that nobody fetched in time. */
  async prune(): Promise<void> {
    const { store, clock } = this.#options;
    await store.mailboxes.removeOlder(clock.now() - MAILBOX_LIFE_MS);
  }

  async #own(username: Username, device: DeviceId): Promise<Device> {
    const known = await this.#options.store.devices.find(device);
    if (!known)
      throw new ParleyError('not_found', 'That device has no certificate of this tracker. Submit a csr first.');
    if (!sameUser(known.username, username)) throw new ParleyError('forbidden');
    if (known.revoked) throw new ParleyError('device_revoked');
    return known;
  }

  async #published(stored: readonly StoredPrekey[]): Promise<PublishedPrekey[]> {
    const all = await Promise.all(
      stored.map(async ({ prekey }) => {
        const device = await this.#options.store.devices.find(prekey.device);
        return device && !device.revoked ? [{ ...prekey, certificate: device.certificate }] : [];
      }),
    );
    return all.flat();
  }
}

function base64(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

/** With more pairs of sender and mailbox than this, all counts of the day are reset. */
const PAIRS_MAX = 100_000;

/**
 * Bytes that each sender put into each mailbox today, and into all, so that one sender can fill neither a mailbox, which keeps
 * all others out, nor the disk. It is only in memory: who writes to whom, and when, must not be stored.
 */
class SenderQuota {
  readonly #bytes = new Map<string, number>();
  /** Into all mailboxes. */
  readonly #sent = new Map<UserKey, number>();
  #day = 0;

  constructor(
    private readonly clock: Clock,
    /** Bytes a day of one sender in one mailbox. */
    private readonly max: number,
    /** In all mailboxes. */
    private readonly maxSent: number,
  ) {}

  /** Counts the bytes. When a quota is used up, says which one, and counts nothing. */
  take(from: UserKey, to: UserKey, bytes: number): 'mailbox' | 'all' | undefined {
    const day = dayOf(this.clock.now());
    if (day !== this.#day) this.#sent.clear();
    if (day !== this.#day || this.#bytes.size >= PAIRS_MAX) this.#bytes.clear();
    this.#day = day;
    const key = `${from} ${to}`;
    const sum = (this.#bytes.get(key) ?? 0) + bytes;
    const sent = (this.#sent.get(from) ?? 0) + bytes;
    if (sum > this.max) return 'mailbox';
    if (sent > this.maxSent) return 'all';
    this.#bytes.set(key, sum);
    this.#sent.set(from, sent);
    return undefined;
  }

  /** Undoes `take` for bytes that were not stored. */
  refund(from: UserKey, to: UserKey, bytes: number): void {
    const key = `${from} ${to}`;
    this.#bytes.set(key, Math.max(0, (this.#bytes.get(key) ?? 0) - bytes));
    this.#sent.set(from, Math.max(0, (this.#sent.get(from) ?? 0) - bytes));
  }
}
