/**
 * Somebody who writes all the time, in the channel and to each of the others, through whatever window is open. Every text
 * is its own mark; what was not answered is asked again under the same `client`, as the UI's outbox does.
 */
import type { CommandResult, EntryView } from '../../protocol/local-api.js';
import type { SeededRandom } from './seeded-random.js';
import type { Window } from './window.js';

/** Between two posts of one writer unless it is told another pace, and before a refused one is tried again. Milliseconds. */
const PACE_MS = 40;
const IN_FLIGHT_MAX = 8;
/** Refusals that pass by themselves. */
const PASSING = new Set(['recovering', 'unavailable', 'storage_full']);

export interface Acknowledged {
  readonly conversation: string;
  readonly id: string;
}

export class Writer {
  /** Text → what the peer answered: durable by its word. */
  readonly acknowledged = new Map<string, Acknowledged>();
  /** What went wrong beyond the faults that are made. */
  readonly problems: string[] = [];
  /** Refusals by their code. */
  readonly refusals = new Map<string, number>();
  /** Texts that no answer has come for, by the conversation. */
  readonly #outbox = new Map<string, string>();
  readonly #asked = new Set<string>();
  #window: Window | undefined;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    readonly username: string,
    private readonly conversations: readonly string[],
    private readonly random: SeededRandom,
    private readonly heard: () => void,
    private readonly paceMs = PACE_MS,
  ) {}

  /** Goes on through this window; the one before is gone. */
  attach(window: Window): void {
    this.#window = window;
    this.#asked.clear();
    this.#timer ??= setInterval(() => this.#turn(), this.paceMs);
  }

  /** Writes nothing new; what is in the outbox is still sent. */
  stop(): void {
    this.#stopped = true;
  }

  /** Ends altogether. */
  close(): void {
    clearInterval(this.#timer);
    this.#window?.close();
  }

  get waiting(): number {
    return this.#outbox.size;
  }

  #turn(): void {
    const window = this.#window;
    if (!window?.open) return;
    for (const [text, conversation] of this.#outbox) this.#ask(window, text, conversation);
    if (this.#stopped || this.#outbox.size >= IN_FLIGHT_MAX) return;
    const text = `${this.username} ${++this.#written}`;
    const conversation = this.random.pick(this.conversations);
    this.#outbox.set(text, conversation);
    this.#ask(window, text, conversation);
  }

  #ask(window: Window, text: string, conversation: string): void {
    if (this.#asked.has(text)) return;
    this.#asked.add(text);
    void window.post(conversation, text, text).then((result) => {
      if (window === this.#window) this.#asked.delete(text);
      if (result) this.#answered(text, conversation, result);
    });
  }

  #answered(text: string, conversation: string, result: CommandResult): void {
    if (!result.ok) {
      const { code, message } = result;
      this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
      if (!PASSING.has(code)) this.problems.push(`${text}: refused with ${code}: ${message}`);
      return;
    }
    const { id } = result['entry'] as EntryView;
    const before = this.acknowledged.get(text);
    if (before && before.id !== id) this.problems.push(`${text}: acknowledged as two entries, ${before.id} and ${id}`);
    this.acknowledged.set(text, { conversation, id });
    this.#outbox.delete(text);
    this.heard();
  }
}

/** `#general`, and the direct conversations of a user with each of the others. */
export function conversationsOf(username: string, all: readonly string[]): string[] {
  const others = all.filter((other) => other !== username);
  // The channel as often as all others together.
  return [...others.map(() => '#general'), ...others.map((other) => direct(username, other))];
}

export function direct(one: string, other: string): string {
  return `@${[one, other].sort().join('+')}`;
}
