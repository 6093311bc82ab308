/** The mailbox calls of SPEC.md section 6. All throw as `TrackerHttp.call` does. */
import type Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { ChannelName, DeviceId, UserKey, Username } from '../../protocol/ids.js';
import { MailPage, PrekeyList, type PublishedPrekey } from '../../protocol/mailbox-api.js';
import type { Prekey } from '../../protocol/mailbox-prekey.js';
import type { SealedFor } from '../../protocol/sealed.js';
import { get, post, type Session } from './api.js';
import { successAnswer } from './answers.js';
import type { TrackerHttp } from './http.js';

/** How the tracker client lends its session. */
export type Ask = <T>(call: (session: Session, http: TrackerHttp) => Promise<T>) => Promise<T>;

const prekeysAnswer = Compile(PrekeyList);
const pageAnswer = Compile(MailPage);
/** Only what the tracker itself says of a prekey is bounded here; the rest is for its signature to show. */
export type MailPageAnswer = Type.Static<typeof MailPage>;

export class MailboxApi {
  readonly #ask: Ask;
  readonly #device: DeviceId;

  constructor(ask: Ask, device: DeviceId) {
    this.#ask = ask;
    this.#device = device;
  }

  async publish(prekey: Prekey): Promise<void> {
    await this.#ask((session, http) => http.call(session.base, post(session, 'prekeys', prekey), successAnswer));
  }

  /** As the tracker tells them: to be checked by whoever seals to them. */
  async prekeys(of: { username: Username | UserKey } | { channel: ChannelName }): Promise<PublishedPrekey[]> {
    const query = 'channel' in of ? `channel=${of.channel}` : `username=${of.username}`;
    const path = `prekeys?${query}`;
    return (await this.#ask((session, http) => http.call(session.base, get(session, path), prekeysAnswer))).prekeys;
  }

  async post(username: Username, { device, prekey }: SealedFor, blob: Buffer): Promise<void> {
    const body = { device, prekey, blob: blob.toString('base64url') };
    // In capitals, which names do not distinguish: `/mailbox/ack` is a call of its own, and may be somebody's name too.
    const path = `mailbox/${username.toUpperCase()}`;
    await this.#ask((session, http) => http.call(session.base, post(session, path, body), successAnswer));
  }

  /** The next page after the mail `after`, oldest first. */
  fetch(after: string | undefined): Promise<MailPageAnswer> {
    const path = `mailbox?device=${this.#device}${after === undefined ? '' : `&after=${after}`}`;
    return this.#ask((session, http) => http.call(session.base, get(session, path), pageAnswer));
  }

  async ack(ids: readonly string[]): Promise<void> {
    const body = { device: this.#device, ids };
    await this.#ask((session, http) => http.call(session.base, post(session, 'mailbox/ack', body), successAnswer));
  }
}
