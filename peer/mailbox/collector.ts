/**
 * Empties our mailbox: page by page, letter by letter, in order. What was read is forgotten by the tracker only once all that
 * it brought is durable here; a crash in between brings the same letters again, and the log passes over what it has.
 */
import { isParleyError } from '../../protocol/errors.js';
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

export interface CollectorOutput {
  /** Durable: to be answered. */
  owed(read: Read): void;
  wanted(want: Want): void;
}

export class Collector {
  private prekeys: Prekeys | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private up = false;
  private failures = 0;
  private timer: unknown;

  constructor(
    private readonly ports: MailboxPorts,
    private readonly reader: Reader,
    private readonly out: CollectorOutput,
  ) {}

  tracker(up: boolean): void {
    if (up && !this.up) this.failures = 0;
    this.up = up;
    if (up) this.look();
    else this.ports.timers.clearTimeout(this.timer);
  }

  /** Something may lie there. */
  look(): void {
    if (this.stopped || !this.up) return;
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.ports.timers.clearTimeout(this.timer);
    this.reader.settling.failed();
    await this.running;
  }

  private async run(): Promise<void> {
    const { logger, timers } = this.ports;
    let wait = LOOK_MS;
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        if (!(await this.empty())) throw new Error('the history cannot be written now');
      }
      this.failures = 0;
    } catch (error) {
      if (this.stopped) return;
      if (isParleyError(error)) logger.debug({ code: error.code }, `the mailbox is looked at later: ${error.message}`);
      else logger.warn({ err: error }, 'the mailbox is looked at later');
      wait = Math.min(LOOK_MS, RETRY_MS * 2 ** this.failures++);
    }
    timers.clearTimeout(this.timer);
    if (this.up && !this.stopped) this.timer = timers.setTimeout(() => this.look(), wait);
  }

  /** @returns false when something has to stay there for now */
  private async empty(): Promise<boolean> {
    const { tracker, device } = { ...this.ports, ...this.ports.self };
    const prekeys = (this.prekeys ??= await this.open());
    let after: string | undefined;
    for (let pages = 0; pages < PAGES_MAX && !this.stopped; pages++) {
      const page = await tracker.fetch(after);
      if (pages === 0) await this.publish(prekeys, page.prekey);
      const read = await this.readAll(page.mails, prekeys);
      if (read.length > 0) {
        await this.durable();
        await tracker.ack(read.map(({ id }) => id));
        this.ports.logger.debug({ device, letters: read.length }, 'letters were taken from the mailbox');
      }
      if (read.length < page.mails.length) return this.stopped;
      after = page.mails.at(-1)?.id;
      if (!page.more || after === undefined) return true;
    }
    return true;
  }

  /** In order, up to the first that has to wait. */
  private async readAll(mails: readonly Mail[], prekeys: Prekeys): Promise<Mail[]> {
    const read: Mail[] = [];
    for (const mail of mails) {
      const result = await this.reader.read(mail, prekeys.find(mail.prekey));
      if (result.outcome === 'later' || this.stopped) break;
      this.out.owed(result);
      for (const want of result.wants) this.out.wanted(want);
      read.push(mail);
    }
    return read;
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

  private open(): Promise<Prekeys> {
    const { directory, self, keys, random } = this.ports;
    const { username, device } = self;
    return Prekeys.open({ directory, username, device, sign: (bytes) => keys.sign(bytes), random });
  }
}
