/**
 * What one client of IRC has said so far, and what it is answered: lines in, lines out. It owns no socket and no clock; what it is
 * given is in `SessionPorts`. All about messages is asked of the one table of commands and told by the peer's events.
 */
import { bug } from '../../../protocol/errors.js';
import { asksLikeAChatWindow, type Capability } from './capabilities.js';
import { Call } from './call.js';
import { addLine } from './commands/multiline.js';
import type { Command } from './commands/command.js';
import { commands, registrationCommands } from './commands/table.js';
import type { IrcClient, Member, OpenBatch, SessionPorts } from './context.js';
import type { ReadLine } from './line-reader.js';
import { ERR, type Numeric } from './numerics.js';
import { Registration } from './registration.js';
import { formatLine, parseLine, type Outgoing, type Tags } from './wire.js';

/** Of which the specifications have standard replies; and `message-tags`, which clients ask for that know these. */
const USING_REPLIES: readonly Capability[] = [
  'standard-replies',
  'message-tags',
  'draft/chathistory',
  'draft/message-redaction',
  'draft/multiline',
  'draft/read-marker',
  'setname',
];
const RELATING = ['+draft/reply', '+reply', '+draft/react', '+draft/unreact'];

export class Session implements IrcClient {
  readonly caps = new Set<Capability>();
  readonly registration: Registration;
  multiline: OpenBatch | undefined;
  readonly #commands: Readonly<Record<string, Command>>;
  #me: Member | undefined;
  #batches = 0;
  #hasRelated = false;
  #over = false;

  constructor(readonly ports: SessionPorts) {
    this.registration = new Registration(this);
    this.#commands = { ...commands, ...registrationCommands(this.registration) };
  }

  get serverName(): string {
    return this.ports.serverName;
  }

  get registered(): boolean {
    return this.#me !== undefined;
  }

  get over(): boolean {
    return this.#over;
  }

  get showsRelations(): boolean {
    return this.#hasRelated || asksLikeAChatWindow(this.caps);
  }

  get me(): Member {
    if (!this.#me) throw bug('a command of IRC ran before its client had signed in');
    return this.#me;
  }

  /** The nick that the client has, or wants. */
  get nick(): string {
    return this.#me?.nick ?? (this.registration.nick || '*');
  }

  /** To be called with one line after the other: the next one once this has resolved. It never rejects. */
  async receive(read: ReadLine): Promise<void> {
    if (this.#over) return;
    if ('wrong' in read) return this.#unreadable(read);
    const line = parseLine(read.text);
    if (!line) return;
    const call = new Call(this, line);
    try {
      await this.#run(call);
    } catch (error) {
      this.ports.failed(error, `the IRC command ${line.command} failed`);
      call.fail('INTERNAL_ERROR', [], 'Something went wrong here. Try again; if it stays, see the log of the peer.');
    }
    call.finish();
  }

  /** Sends a line with those of its tags that the client has asked for. */
  deliver(line: Outgoing): void {
    if (this.#over) return;
    const { tags } = line;
    if (line.command === 'TAGMSG' && !this.caps.has('message-tags')) return;
    const kept = this.#tags(tags ?? {}, line.source?.includes('!') === true);
    this.ports.send(formatLine({ ...line, tags: kept }));
  }

  numeric(code: Numeric, ...params: readonly string[]): Outgoing {
    return { source: this.serverName, command: code, params: [this.nick, ...params] };
  }

  /** FAIL, WARN or NOTE (IRCv3 standard replies); a notice for a client that takes none of them but asked for nothing that needs one. */
  standardReply(
    kind: 'FAIL' | 'NOTE',
    command: string,
    code: string,
    context: readonly string[],
    text: string,
  ): Outgoing {
    if (USING_REPLIES.some((name) => this.caps.has(name)))
      return { source: this.serverName, command: kind, params: [command, code, ...context, text] };
    return this.notice(`${command}: ${text}`);
  }

  notice(text: string): Outgoing {
    return { source: this.serverName, command: 'NOTICE', params: [this.nick, text] };
  }

  batchRef(): string {
    this.#batches += 1;
    return `b${this.#batches}`;
  }

  /** From here on the client is who has signed in. */
  /** @returns false where it has ended meanwhile */
  begin(me: Member): boolean {
    if (this.#over) {
      me.leave();
      return false;
    }
    this.#me = me;
    void me.seat.over.then((why) => this.end(why.message));
    return true;
  }

  /** Says why, and closes. */
  end(reason: string): void {
    if (this.#over) return;
    this.deliver({ command: 'ERROR', params: [reason] });
    this.ports.close();
    this.gone();
  }

  /** The connection is closed. Twice does no harm. */
  gone(): void {
    if (this.#over) return;
    this.#over = true;
    this.registration.leave();
    this.#me?.leave();
  }

  async #run(call: Call): Promise<void> {
    const command = Object.hasOwn(this.#commands, call.command) ? this.#commands[call.command] : undefined;
    if (!this.registered && !command?.early)
      return call.numeric(ERR.notRegistered, 'Sign in first: with SASL PLAIN, or with PASS, then NICK and USER.');
    if (!command) return call.numeric(ERR.unknownCommand, call.command.slice(0, 64), 'There is no such command here.');
    if (call.line.params.length < (command.needs ?? 0)) return call.needsMore();
    // Who answers or reacts by a tag has a window that shows that.
    if (this.caps.has('message-tags')) this.#hasRelated ||= RELATING.some((tag) => call.line.tags[tag] !== undefined);
    if (call.line.tags['batch'] !== undefined && this.registered) return addLine(call);
    await command.run(call);
  }

  #unreadable({ wrong, command, label: given }: Extract<ReadLine, { wrong: string }>): void {
    // Nothing answers a notice, whatever is wrong with it.
    if (command === 'NOTICE') return;
    const tags = { label: this.caps.has('batch') ? given : undefined };
    if (wrong === 'too_long') {
      const text = 'That line is too long; it was not taken. Send it in parts.';
      return this.deliver({ ...this.numeric(ERR.inputTooLong, text), tags });
    }
    const text = 'That line is not UTF-8; it was not taken. Set your client to UTF-8.';
    this.deliver({ source: this.serverName, command: 'FAIL', params: [command, 'INVALID_UTF8', text], tags });
  }

  #tags(tags: Tags, ofUser: boolean): Tags {
    const kept: Record<string, string | undefined> = {};
    for (const [key, value] of Object.entries(tags)) if (this.#takes(key)) kept[key] = value;
    if (ofUser && this.caps.has('server-time')) kept['time'] ??= new Date(this.ports.now()).toISOString();
    return kept;
  }

  #takes(tag: string): boolean {
    const { caps } = this;
    if (tag === 'time') return caps.has('server-time');
    if (tag === 'account') return caps.has('account-tag');
    if (tag === 'batch') return caps.has('batch');
    if (tag === 'label') return caps.has('labeled-response');
    if (tag === 'draft/multiline-concat') return caps.has('draft/multiline');
    return caps.has('message-tags');
  }
}
