/**
 * Sealed mailboxes (SPEC.md section 6), driven: feeds the machine with what the rest of the peer knows, and performs what it
 * decides. What comes out of our own mailbox goes to the log as what comes over a link does.
 */
import type { ErrorCode } from '../../protocol/errors.js';
import { conversationParts, sameUser, type ConversationId, type DeviceId } from '../../protocol/ids.js';
import type { Want } from '../../protocol/link-messages.js';
import { MailboxReceiver } from './receiver.js';
import { initialState, isIdle, step, type Effect, type Input, type State } from './machine.js';
import type { MailboxPorts } from './ports.js';
import { MailboxSender } from './sender.js';
import { Reader, type Read } from './reader.js';

/** How long a stop waits for what can still be mailed. */
const CLOSE_MS = 3_000;
/** A device may ask for a log again so often. */
const WANT_EVERY_MS = 3600_000;
const WANTS_KEPT = 10_000;

/** It lies sealed in mailboxes, or found no room there. */
export type MailboxState = 'sealed' | 'full';

export class Mailbox {
  private machine: State = initialState;
  private readonly sender: MailboxSender;
  private readonly reader: Reader;
  private readonly receiver: MailboxReceiver;
  /** As last told to `changed`. */
  private readonly told = new Map<ConversationId, MailboxState>();
  private readonly wantedAt = new Map<string, number>();
  /** Conversations in which we wrote while a link shared them: looked at when none does any more. */
  private readonly shared = new Set<ConversationId>();
  private timer: unknown;
  private underWay: Promise<void> | undefined;
  private onIdle: (() => void) | undefined;
  private closed = false;

  constructor(private readonly ports: MailboxPorts) {
    this.sender = new MailboxSender(ports);
    this.reader = new Reader(ports);
    this.receiver = new MailboxReceiver(ports, this.reader, {
      owed: (read) => this.owe(read),
      wanted: (want) => this.wanted(want),
    });
  }

  /** To be called once everything around it stands: what was left unfinished goes on. */
  start(): void {
    for (const conversation of this.ports.log.conversations()) this.log(conversation);
    for (const { device } of this.ports.shelf.owed()) this.feed({ type: 'owed', device });
  }

  /** How mailboxes stand for what others lack of our own log; undefined when there is no such thing, or not yet. */
  state(conversation: ConversationId): MailboxState | undefined {
    return this.told.get(conversation);
  }

  tracker(up: boolean): void {
    if (this.closed) return;
    this.feed({ type: 'tracker', up });
    this.receiver.tracker(up);
  }

  /** The tracker says that something came. */
  arrived(): void {
    this.receiver.look();
  }

  /** The tracker has us in the channel now, or the other user has an account: it may take what it refused. */
  admitted(conversation: ConversationId): void {
    if (this.machine.waiting.has(conversation)) this.feed({ type: 'admitted', conversation });
  }

  /** Links came or went, or share other conversations now. */
  links(): void {
    const left = [...this.shared].filter((conversation) => !this.ports.reaches(conversation));
    for (const conversation of left) this.log(conversation);
    if (left.length === 0 && this.machine.waiting.size + this.machine.owed.size > 0) this.feed({ type: 'tick' });
  }

  /** Something became durable: conversation → device → seq. */
  durable(advance: ReadonlyMap<ConversationId, ReadonlyMap<DeviceId, number>>): void {
    this.reader.settling.look();
    for (const [conversation, devices] of advance) if (devices.has(this.ports.self.device)) this.log(conversation);
  }

  /** Devices of others hold more of our own log. */
  receipt(conversation: ConversationId): void {
    if (this.machine.waiting.has(conversation)) this.log(conversation);
  }

  /** The log refused what came under one of our tokens, which are negative. */
  refused(token: number, code: ErrorCode): void {
    this.reader.settling.refused(token, code);
  }

  /** The log has not taken what it was given: it is ahead of its rate. */
  setBack(): void {
    this.reader.settling.look();
  }

  /** What the log takes of whom is another now. */
  reconsider(): void {
    this.reader.settling.look();
    this.receiver.reconsider();
  }

  storageFailed(): void {
    this.reader.settling.failed();
  }

  /** Mails what can be mailed at once, within a few seconds; then ends. While the tracker is still there. */
  async finish(): Promise<void> {
    this.feed({ type: 'closing' });
    const { setTimeout: after, clearTimeout: cancel } = this.ports.timers;
    let timer: unknown;
    const late = new Promise<void>((resolve) => (timer = after(resolve, CLOSE_MS)));
    const idle = new Promise<void>((resolve) => (this.onIdle = resolve));
    if (!isIdle(this.machine)) await Promise.race([idle, late]);
    cancel(timer);
    this.closed = true;
    cancel(this.timer);
  }

  /** After the tracker client has been stopped, which ends what is under way. */
  async close(): Promise<void> {
    this.closed = true;
    this.ports.timers.clearTimeout(this.timer);
    this.sender.stop();
    await this.receiver.stop();
    await this.underWay;
  }

  /** The usual case, a link that shares it, costs next to nothing: it stands in the way of every message. */
  private log(conversation: ConversationId): void {
    const { self, log, reaches } = this.ports;
    if (reaches(conversation)) {
      this.shared.add(conversation);
      return;
    }
    this.shared.delete(conversation);
    const last = log.durable(conversation).get(self.device) ?? 0;
    if (last === 0 || !this.hasOthers(conversation)) return;
    const acked = this.acked(conversation);
    if (last > acked || this.machine.waiting.has(conversation)) this.feed({ type: 'log', conversation, last, acked });
  }

  private acked(conversation: ConversationId): number {
    let acked = 0;
    for (const { seq } of this.ports.receipts(conversation)) acked = Math.max(acked, seq);
    return acked;
  }

  /** Notes to oneself wait for nobody; a channel that was left is nobody's business here any more. */
  private hasOthers(conversation: ConversationId): boolean {
    const parts = conversationParts(conversation);
    if (parts?.kind === 'channel') return this.ports.self.channels.has(parts.channel);
    return parts !== undefined && !sameUser(parts.users[0], parts.users[1]);
  }

  private owe({ owed }: Read): void {
    for (const one of owed) this.ports.shelf.owe(one);
    for (const device of new Set(owed.map((it) => it.device))) this.feed({ type: 'owed', device });
  }

  /** `want.device`: who asks. Honoured seldom: each time costs a log. */
  private wanted({ conversation, device, from }: Want): void {
    const { shelf, clock, log, self } = this.ports;
    const last = log.durable(conversation).get(self.device) ?? 0;
    const key = `${device} ${conversation}`;
    const now = clock.now();
    if (from > last || now - (this.wantedAt.get(key) ?? -Infinity) < WANT_EVERY_MS) return;
    if (this.wantedAt.size >= WANTS_KEPT) this.wantedAt.clear();
    this.wantedAt.set(key, now);
    shelf.setMailed(conversation, device, { seq: from - 1, time: now, wanted: true });
    this.feed({ type: 'log', conversation, last, acked: Math.min(from - 1, this.acked(conversation)) });
    this.feed({ type: 'wanted', conversation, from });
  }

  private feed(input: Input): void {
    if (this.closed) return;
    const before = this.machine.waiting;
    const { reaches, linked } = this.ports;
    const conversations = [...before.keys()].filter((id) => reaches(id));
    const devices = [...this.machine.owed.keys()].filter((device) => linked(device));
    if (conversations.length + devices.length > 0) {
      for (const id of conversations) this.shared.add(id);
      this.step({ type: 'reached', conversations, devices });
    }
    this.step(input);
    for (const id of new Set([...before.keys(), ...this.machine.waiting.keys()])) this.tell(id);
    if (isIdle(this.machine)) this.onIdle?.();
  }

  private step(input: Input): void {
    const { state, effects } = step(this.machine, input, this.ports.clock.now());
    this.machine = state;
    this.perform(effects);
  }

  private perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case 'mail':
          this.run(this.sender.mail(effect.conversation, effect.acked, effect.to));
          break;
        case 'answer':
          this.run(this.sender.answer(effect.device));
          break;
        case 'forget':
          this.forget(effect.device);
          break;
        case 'wake':
          this.wake(effect.at);
          break;
      }
    }
  }

  private forget(of: DeviceId): void {
    const { shelf, logger } = this.ports;
    try {
      for (const { device, conversation } of shelf.owed()) if (device === of) shelf.paid(device, conversation);
    } catch (error) {
      logger.warn(
        { err: error },
        'an answer that is not owed any more could not be forgotten; it is sent once too often',
      );
    }
  }

  private run(job: Promise<Input>): void {
    this.underWay = job.then((result) => this.feed(result));
  }

  private wake(at: number): void {
    const { timers, clock } = this.ports;
    timers.clearTimeout(this.timer);
    const wait = Math.min(Math.max(at - clock.now(), 0), 3600_000);
    this.timer = timers.setTimeout(() => this.feed({ type: 'tick' }), wait);
  }

  private tell(id: ConversationId): void {
    const waiting = this.machine.waiting.get(id);
    const full = waiting?.trouble === 'full' ? 'full' : undefined;
    const state = waiting && waiting.mailed >= waiting.last ? 'sealed' : full;
    if (state === this.told.get(id)) return;
    if (state === undefined) this.told.delete(id);
    else this.told.set(id, state);
    this.ports.changed(id);
  }
}
