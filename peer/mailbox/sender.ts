/** Puts letters into mailboxes: finds the devices, seals for each, posts one after the other, and notes what lies where. */
import { bug, errorTable, isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import {
  conversationParts,
  sameUser,
  userKey,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import { FULL_MESH_MAX, MAILBOX_LIFE_MS } from '../../protocol/limits.js';
import type { PublishedPrekey } from '../../protocol/mailbox-api.js';
import type { Mailed } from '../store/mailbox-marks.js';
import { ANSWERS_MAX, Letters } from './letters.js';
import type { Input, Trouble } from './machine.js';
import type { MailboxPorts } from './ports.js';
import { checkedRecipient, type Recipient } from './recipients.js';

/** Letters to one device before the others have their turn. */
const RUN_MAX = 32;
/** Members of a channel whose mailboxes are used: whoever comes back first gives the rest to the others. */
const MEMBERS_MAX = FULL_MESH_MAX;

type Outcome<Type extends Input['type']> = Extract<Input, { type: Type }>;

/** The tracker's answers that say something of one recipient only. */
const gone = new Set(['unknown_user', 'not_found', 'device_revoked']);

export class MailboxSender {
  private readonly letters: Letters;
  private stopped = false;

  constructor(private readonly ports: MailboxPorts) {
    this.letters = new Letters(ports);
  }

  /** Our own entries after `acked`, up to `to`, to all devices of those who lack them. Never rejects. */
  async mail(conversation: ConversationId, acked: number, to: number): Promise<Outcome<'mailed' | 'failed'>> {
    try {
      const recipients = await this.recipients(conversation);
      if (recipients.length === 0) return { type: 'failed', conversation, trouble: 'nobody' };
      let done: Mailed | undefined;
      let full = false;
      for (const recipient of recipients) {
        const mark = await this.deliver(recipient, conversation, acked, to);
        if (mark === 'full') full = true;
        else if (mark !== 'gone') done = done ? lesser(done, mark) : mark;
      }
      if (done) return { type: 'mailed', conversation, upTo: done.seq, at: done.time };
      return { type: 'failed', conversation, trouble: full ? 'full' : 'nobody' };
    } catch (error) {
      return { type: 'failed', conversation, ...this.troubleOf(error) };
    }
  }

  /** Tells a device what is durable here of its logs, as far as it is owed that. Never rejects. */
  async answer(device: DeviceId): Promise<Outcome<'answered' | 'unanswered'>> {
    const { shelf } = this.ports;
    try {
      for (;;) {
        const owed = shelf.owed().filter((it) => it.device === device);
        const some = owed.slice(0, ANSWERS_MAX);
        const [first] = some;
        if (!first) return { type: 'answered', device };
        const found = await this.check(await this.ports.tracker.prekeys({ username: first.username }));
        const to = found.find((it) => it.device === device);
        if (!to) return { type: 'unanswered', device, trouble: 'nobody' };
        const posted = await this.post(to, () => this.letters.answer(to, some));
        if (posted === 'full') return { type: 'unanswered', device, trouble: 'full' };
        for (const { conversation } of some) shelf.paid(device, conversation);
      }
    } catch (error) {
      return { type: 'unanswered', device, ...this.troubleOf(error) };
    }
  }

  /** Nothing more is posted. */
  stop(): void {
    this.stopped = true;
  }

  /** Up to where it lies in the device's mailbox now. */
  private async deliver(
    to: Recipient,
    conversation: ConversationId,
    acked: number,
    upTo: number,
  ): Promise<Mailed | 'full' | 'gone'> {
    const { shelf, clock } = this.ports;
    let mark = this.mark(conversation, to.device, acked);
    for (let run = 0; run < RUN_MAX && mark.seq < upTo; run++) {
      const letter = this.letters.entries(to, conversation, mark.seq + 1, upTo);
      if (!letter) throw bug(`entries of ${conversation} that are durable are not in the store`);
      const posted = await this.post(to, () => letter.blob);
      if (posted !== 'posted') return posted;
      const time = mark.seq > acked ? mark.time : clock.now();
      mark = { seq: letter.last, time, wanted: false };
      shelf.setMailed(conversation, to.device, mark);
    }
    return mark;
  }

  /** What is noted of an earlier mailing, unless that has lapsed or others hold more. */
  private mark(conversation: ConversationId, device: DeviceId, acked: number): Mailed {
    const { shelf, clock } = this.ports;
    const noted = shelf.mailed(conversation, device);
    const counts = noted && clock.now() - noted.time < MAILBOX_LIFE_MS;
    if (counts && (noted.wanted || noted.seq > acked)) return noted;
    return { seq: acked, time: clock.now(), wanted: false };
  }

  private async post(to: Recipient, letter: () => Buffer): Promise<'posted' | 'full' | 'gone'> {
    if (this.stopped) throw new ParleyError('unavailable');
    try {
      await this.ports.tracker.post(to.username, { device: to.device, prekey: to.prekey }, letter());
      return 'posted';
    } catch (error) {
      if (!isParleyError(error)) throw error;
      if (error.code === 'mailbox_full') return 'full';
      if (gone.has(error.code)) return 'gone';
      throw error;
    }
  }

  private async recipients(conversation: ConversationId): Promise<Recipient[]> {
    const { tracker, self } = this.ports;
    const parts = conversationParts(conversation);
    if (!parts) throw bug(`${conversation} is no conversation`);
    if (parts.kind === 'direct') {
      const own = userKey(self.username);
      const other = parts.users[0] === own ? parts.users[1] : parts.users[0];
      return this.check(await tracker.prekeys({ username: other }), other);
    }
    const members = await this.check(await tracker.prekeys({ channel: parts.channel }));
    const users = new Set<UserKey>();
    return members.filter(({ username }) => {
      const key = userKey(username);
      if (sameUser(username, self.username) || (!users.has(key) && users.size >= MEMBERS_MAX)) return false;
      users.add(key);
      return true;
    });
  }

  /** Those whose certificate and signature are right; `user`, when given, is whom they all have to be of. */
  private async check(claimed: readonly PublishedPrekey[], user?: Username | UserKey): Promise<Recipient[]> {
    const { keys, logger } = this.ports;
    const found: Recipient[] = [];
    for (const prekey of claimed) {
      const checked = checkedRecipient(prekey, keys);
      if (typeof checked === 'string' || (user !== undefined && !sameUser(checked.username, user))) {
        const { username, device } = prekey;
        const why = typeof checked === 'string' ? checked : 'it is of somebody else';
        logger.warn({ username, device }, `the tracker gave a prekey that is not used: ${why}`);
        continue;
      }
      keys.keep(prekey.certificate);
      found.push(checked);
      // A check costs some hundred microseconds: messages go between.
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    return found;
  }

  private troubleOf(error: unknown): { trouble: Trouble; waitMs?: number } {
    if (!isParleyError(error)) {
      this.ports.logger.error({ err: error }, 'a mailbox could not be used');
      return { trouble: 'busy' };
    }
    const { code, message } = error;
    if (code === 'tracker_unreachable' || code === 'not_signed_in') return { trouble: 'unreachable' };
    if (isFinal(code)) {
      this.ports.logger.info({ code }, `the tracker takes no letter here until something changes: ${message}`);
      return { trouble: 'refused' };
    }
    // Prekeys are fetched anew with the next attempt.
    if (code !== 'stale_prekey') this.ports.logger.warn({ code }, `the tracker did not take a letter: ${message}`);
    const waitMs = 'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0;
    return { trouble: 'busy', waitMs };
  }
}

/** Whether waiting alone changes nothing of it. What is wrong with the tracker, or with the session, is over some time. */
function isFinal(code: ErrorCode): boolean {
  const { retryable = false, http } = errorTable[code];
  return !retryable && http < 500 && http !== 401 && code !== 'stale_prekey';
}

function lesser(a: Mailed, b: Mailed): Mailed {
  return { seq: Math.min(a.seq, b.seq), time: Math.min(a.time, b.time), wanted: false };
}
