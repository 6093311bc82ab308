/**
 * One line of a client, and where its answers go. With a label (IRCv3 labeled-response) they are gathered until the command is done,
 * and sent as one answer: a single line, a batch, or an ACK where there was nothing to say.
 */
import { isParleyError, type ErrorCode } from '../../../protocol/errors.js';
import type { Asking, IrcClient, Member } from './context.js';
import { ERR, type Numeric } from './numerics.js';
import type { Incoming, Outgoing } from './wire.js';

export class Call implements Asking {
  readonly label: string | undefined;
  #answers: Outgoing[] = [];
  #done = false;
  #held = false;
  #quiet: boolean;

  constructor(
    readonly session: IrcClient,
    readonly line: Incoming,
  ) {
    const { caps } = session;
    const { label } = line.tags;
    this.#quiet = line.command === 'NOTICE';
    const labelled = caps.has('labeled-response') && caps.has('batch') && label !== undefined && label !== '';
    this.label = labelled ? label : undefined;
  }

  get command(): string {
    return this.line.command;
  }

  /** Empty where it is absent. */
  param(at: number): string {
    return this.line.params[at] ?? '';
  }

  /** Whoever has signed in. Commands that ask for it run only then. */
  get me(): Member {
    return this.session.me;
  }

  /** It is a notice: nothing answers that but its echo, or two programs could answer each other for ever (RFC 2812, 3.3.2). */
  quieten(): void {
    this.#quiet = true;
  }

  send(...lines: readonly Outgoing[]): void {
    const { session } = this;
    // What the server itself says would be an error.
    const told = this.#quiet ? lines.filter(({ source }) => source !== session.serverName) : lines;
    if (this.label === undefined || this.#done) for (const line of told) session.deliver(line);
    else this.#answers.push(...told);
  }

  numeric(code: Numeric, ...params: readonly string[]): void {
    this.send(this.session.numeric(code, ...params));
  }

  needsMore(): void {
    this.numeric(ERR.needMoreParams, this.command, 'That command needs more parameters.');
  }

  /** A standard reply; for a client that does not know these, a notice. */
  fail(code: string, context: readonly string[], text: string): void {
    this.send(this.session.standardReply('FAIL', this.command, code, context, text));
  }

  /** @param numerics what to answer for some errors, with the parameters before the text */
  refuse(error: unknown, numerics: Partial<Record<ErrorCode, readonly [Numeric, ...string[]]>> = {}): void {
    if (!isParleyError(error)) throw error;
    const numeric = numerics[error.code];
    if (numeric) this.numeric(...numeric, error.message);
    else this.fail(error.code.toUpperCase(), [], error.message);
  }

  /** The same as a standard reply alone, with the codes that its specification has. */
  refuseAs(error: unknown, context: readonly string[], codes: Partial<Record<ErrorCode, string>>): void {
    if (!isParleyError(error)) throw error;
    this.fail(codes[error.code] ?? error.code.toUpperCase(), context, error.message);
  }

  /** It is not done with its own line: whoever goes on with it releases it. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.finish();
  }

  /** Sends what was gathered. */
  finish(): void {
    if (this.label === undefined || this.#done || this.#held) return;
    this.#done = true;
    const { session, label } = this;
    for (const line of labelled(this.#answers, label, () => session.batchRef(), session.serverName))
      session.deliver(line);
    this.#answers = [];
  }
}

function labelled(answers: readonly Outgoing[], label: string, ref: () => string, source: string): Outgoing[] {
  const [first, ...others] = answers;
  if (!first) return [{ source, command: 'ACK', params: [], tags: { label } }];
  const last = others.at(-1);
  const opened = first.command === 'BATCH' ? first.params[0]?.slice(1) : undefined;
  const one =
    others.length === 0 || (opened !== undefined && last?.command === 'BATCH' && last.params[0] === `-${opened}`);
  if (one) return [{ ...first, tags: { ...first.tags, label } }, ...others];
  const batch = ref();
  return [
    { source, command: 'BATCH', params: [`+${batch}`, 'labeled-response'], tags: { label } },
    ...answers.map((line) => within(line, batch)),
    { source, command: 'BATCH', params: [`-${batch}`] },
  ];
}

/** What is in a batch of its own stays there. */
function within(line: Outgoing, batch: string): Outgoing {
  const closes = line.command === 'BATCH' && line.params[0]?.startsWith('-') === true;
  return line.tags?.['batch'] !== undefined || closes ? line : { ...line, tags: { ...line.tags, batch } };
}
