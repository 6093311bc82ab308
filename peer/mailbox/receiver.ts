/**
 * Empties our mailbox: page by page, letter by letter, in order. What was read is forgotten by the tracker only once all that
 * it brought is durable here; a crash in between brings the same letters again, and the log passes over what it has. A letter
 * whose log takes nothing now stays there, is passed over, and is fetched again when its log is open.
 */
import { isParleyError } from '../../protocol/errors.js';
import { MAILBOX_MAX } from '../../protocol/limits.js';
import type { Want } from '../../protocol/link-messages.js';
import type { Mail } from '../../protocol/mailbox-api.js';
import type { MailboxPorts } from './ports.js';
import { Prekeys } from './prekeys.js';
import type { Read, Reader } from './reader.js';

/** A tracker that invents letters without end is asked again later. */
const PAGES_MAX = 256;
/** Looked at without being told to: for a lost event, and for a new prekey when the old one's time is over. */
const LOOK_MS = 15 * 60_000;
/** After a failure, doubled up to `LOOK_MS`. */
const RETRY_MS = 5_000;
/** Whether letters that were passed over can be read now is looked at this often. It costs no call unless they can. */
const PASSED_LOOK_MS = 10_000;
/**
 * So many sealed bytes of blocked authors stay in the mailbox: what only those letters hold is there after unblocking. More
 * are dropped, since they would fill the mailbox and keep all others out of it.
 */
export const BLOCKED_KEPT = MAILBOX_MAX / 4;

export interface MailboxReceiverOutput {
  /** Durable: to be answered. */
  owed(read: Read): void;
  wanted(want: Want): void;
}

export class MailboxReceiver {
  private prekeys: Prekeys | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private up = false;
  private failures = 0;
  private timer: unknown;
  private passedTimer: unknown;
  /** What follows it is new. Undefined while nothing is passed over: then everything that lies there is. */
  private seen: string | undefined;
  /** There may be another tracker, or another mailbox: all that lies there is looked at. */
  private fresh = false;

  constructor(
    private readonly ports: MailboxPorts,
    private readonly reader: Reader,
    private readonly out: MailboxReceiverOutput,
  ) {}

  tracker(up: boolean): void {
    if (up && !this.up) {
      this.failures = 0;
      this.fresh = true;
    }
    this.up = up;
    if (up) this.look();
    else this.rest();
  }

  /** Something may lie there. */
  look(): void {
    if (this.stopped || !this.up) return;
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  /** Logs may take now what they did not. */
  reconsider(): void {
    this.ports.timers.clearTimeout(this.passedTimer);
    if (this.stopped || !this.up || this.reader.passed.size === 0) return;
    const [open] = this.reader.passed.open();
    if (open) this.look();
    else this.passedTimer = this.ports.timers.setTimeout(() => this.reconsider(), PASSED_LOOK_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.rest();
    this.reader.settling.failed();
    await this.running;
  }

  private rest(): void {
    this.ports.timers.clearTimeout(this.timer);
    this.ports.timers.clearTimeout(this.passedTimer);
  }

  private async run(): Promise<void> {
    const { logger, timers } = this.ports;
    let wait = LOOK_MS;
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        if (!(await this.empty()) || !(await this.revisit())) throw new Error('the history cannot be written now');
      }
      this.failures = 0;
    } catch (error) {
      if (this.stopped) return;
      if (isParleyError(error)) logger.debug({ code: error.code }, `the mailbox is looked at later: ${error.message}`);
      else logger.warn({ err: error }, 'the mailbox is looked at later');
      wait = Math.min(LOOK_MS, RETRY_MS * 2 ** this.failures++);
    }
    this.rest();
    if (!this.up || this.stopped) return;
    this.timer = timers.setTimeout(() => this.look(), wait);
    if (this.reader.passed.size > 0) this.passedTimer = timers.setTimeout(() => this.reconsider(), PASSED_LOOK_MS);
  }

  /** What is new there. @returns false when nothing can be written now */
  private async empty(): Promise<boolean> {
    const { tracker } = this.ports;
    const { passed } = this.reader;
    const prekeys = await this.keys();
    if (this.fresh) passed.clear();
    this.fresh = false;
    if (passed.size === 0) this.seen = undefined;
    for (let pages = 0; pages < PAGES_MAX && !this.stopped; pages++) {
      const page = await tracker.fetch(this.seen);
      if (pages === 0) await this.publish(prekeys, page.prekey);
      if (!(await this.readAll(page.mails, this.seen, prekeys))) return this.stopped;
      this.seen = page.mails.at(-1)?.id ?? this.seen;
      if (!page.more || page.mails.length === 0) return true;
    }
    return true;
  }

  /** What was passed over, and can be read now: page by page, those between them are left alone. As `empty`. */
  private async revisit(): Promise<boolean> {
    const { passed } = this.reader;
    const prekeys = await this.keys();
    const looked = new Set<string>();
    for (let pages = 0; pages < PAGES_MAX && !this.stopped && !this.fresh; pages++) {
      const open = new Map([...passed.open()].filter(({ id }) => !looked.has(id)).map((letter) => [letter.id, letter]));
      const [first] = open.values();
      if (!first) return true;
      const { mails } = await this.ports.tracker.fetch(first.after);
      const again = mails.filter(({ id }) => open.has(id));
      // Nobody has it any more: it has lapsed, or was acknowledged when the answer was lost.
      if (!again.some(({ id }) => id === first.id)) passed.delete(first.id);
      for (const { id } of again) looked.add(id);
      if (!(await this.readAll(again, first.after, prekeys))) return this.stopped;
    }
    return true;
  }

  /**
   * In order, up to the first for which nothing can be written; those that were read are acknowledged.
   * @param after the letter before the first of them
   */
  private async readAll(mails: readonly Mail[], after: string | undefined, prekeys: Prekeys): Promise<boolean> {
    const { reader, ports, out } = this;
    const read: string[] = [];
    let before = after;
    let all = true;
    for (const mail of mails) {
      const result = await reader.read(mail, prekeys.find(mail.prekey));
      if (result.outcome === 'later' || this.stopped) {
        all = false;
        break;
      }
      if (!this.passesOver(mail, before, result)) read.push(mail.id);
      before = mail.id;
      out.owed(result);
      for (const want of result.wants) out.wanted(want);
    }
    if (read.length > 0) {
      await this.durable();
      await ports.tracker.ack(read);
      for (const id of read) reader.passed.delete(id);
      ports.logger.debug({ device: ports.self.device, letters: read.length }, 'letters were taken from the mailbox');
    }
    return all;
  }

  private passesOver({ id, blob }: Mail, after: string | undefined, { held }: Read): boolean {
    if (!held) return false;
    const { passed } = this.reader;
    const blockedBytes = held.blocked ? Buffer.byteLength(blob, 'base64url') : 0;
    const kept = passed.has(id) || passed.blockedBytes + blockedBytes <= BLOCKED_KEPT;
    if (kept) passed.add({ id, after, logs: held.logs, blockedBytes });
    else this.ports.logger.debug({ mail: id }, 'a letter of somebody who is blocked was dropped: too many are kept');
    return kept;
  }

  /** What was noted of them (receipts, whom to answer) as well as their entries. */
  private durable(): Promise<void> {
    this.ports.saveReceipts();
    return new Promise((resolve, reject) => {
      this.ports.log.sync((error) => (error ? reject(error) : resolve()));
    });
  }

  /** The tracker says which prekey it hands out for us. */
  private async publish(prekeys: Prekeys, handedOut: string | undefined): Promise<void> {
    const now = this.ports.clock.now();
    const current = await prekeys.current(now);
    if (handedOut !== current.id) await this.ports.tracker.publish(current);
    await prekeys.handedOut(current.id, now);
  }

  private async keys(): Promise<Prekeys> {
    const { directory, self, keys, random } = this.ports;
    const { username, device } = self;
    this.prekeys ??= await Prekeys.open({ directory, username, device, sign: (bytes) => keys.sign(bytes), random });
    return this.prekeys;
  }
}
