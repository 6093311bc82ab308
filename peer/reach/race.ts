/**
 * Dials the addresses of one device side by side (RFC 8305, "happy eyeballs", 5): a silent address costs a quarter of a second
 * and not ten. Who is up first ends the others. A machine: dialling and timers are arguments.
 */
import type { Address } from '../link/types.js';

/** The next address is dialled after so long, or at once when one has failed. */
export const STAGGER_MS = 250;
/** Attempts under way at once, for one device. */
export const ATTEMPTS_MAX = 4;
/** While other addresses wait, an attempt gives its place to the next one after so long. */
export const ATTEMPT_MS = 4_000;
/** All in all. An attempt that nobody waits for has this long, for a peer on a slow machine. */
export const RACE_MS = 10_000;

export interface Failure {
  readonly address: Address;
  readonly error: unknown;
}

/** What an error says of the other addresses. */
export type Verdict =
  /** Nothing: another may do. */
  | 'next'
  /** Another attempt of this race has come further: this address is tried again if that one comes to nothing. */
  | 'yield'
  /** They would answer the same. */
  | 'end';

export interface Contest<Won> {
  /** Without doubles, in the order in which they are tried. */
  readonly addresses: readonly Address[];
  /** Must settle soon after `signal` aborts; by then all that it opened is closed, unless it has won. */
  dial(address: Address, signal: AbortSignal): Promise<Won>;
  judge(error: unknown): Verdict;
  /** Ends it all. */
  readonly signal: AbortSignal;
  readonly timers: { setTimeout(callback: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** `failures` in the order of their coming; `untried`: for which there was no time. After `signal` has aborted: what there is. */
export type Outcome<Won> =
  { readonly won: Won } | { readonly failures: readonly Failure[]; readonly untried: readonly Address[] };

interface Attempt {
  readonly address: Address;
  readonly controller: AbortController;
  /** It has had its time, but keeps its place while nobody wants it. */
  isLate: boolean;
  timer: unknown;
}

/** Never rejects. */
export function race<Won>(contest: Contest<Won>): Promise<Outcome<Won>> {
  return new Promise((done) => new Race(contest, done).start());
}

class Race<Won> {
  private readonly waiting: Address[];
  /** Those that gave way to another attempt. */
  private gaveWay: Address[] = [];
  private readonly yielded = new Set<Address>();
  private readonly running = new Set<Attempt>();
  private readonly failures: Failure[] = [];
  private stagger: unknown;
  private whole: unknown;
  /** Nothing more begins. */
  private isClosing = false;
  private isOver = false;

  constructor(
    private readonly contest: Contest<Won>,
    private readonly done: (outcome: Outcome<Won>) => void,
  ) {
    this.waiting = [...contest.addresses];
  }

  start(): void {
    const { signal, timers } = this.contest;
    signal.addEventListener('abort', this.stop);
    this.whole = timers.setTimeout(this.stop, RACE_MS);
    if (signal.aborted) this.stop();
    else this.begin();
    this.finishIfOver();
  }

  /** Those under way are ended; what they say of it still counts. */
  private readonly stop = (): void => {
    this.isClosing = true;
    for (const { controller } of [...this.running]) controller.abort();
    this.finishIfOver();
  };

  /** The next address, if there is a place. */
  private begin(): void {
    const { timers } = this.contest;
    timers.clearTimeout(this.stagger);
    if (this.isClosing) return;
    if (this.running.size >= ATTEMPTS_MAX) {
      this.makeRoom();
      return;
    }
    const address = this.waiting.shift();
    if (address) {
      this.attempt(address);
      if (this.waiting.length > 0) this.stagger = timers.setTimeout(() => this.begin(), STAGGER_MS);
    }
  }

  private attempt(address: Address): void {
    const { dial, timers } = this.contest;
    const controller = new AbortController();
    const attempt: Attempt = { address, controller, isLate: false, timer: undefined };
    this.running.add(attempt);
    attempt.timer = timers.setTimeout(() => {
      attempt.isLate = true;
      this.makeRoom();
    }, ATTEMPT_MS);
    dial(address, controller.signal).then(
      (won) => this.won(attempt, won),
      (error: unknown) => this.failed(attempt, error),
    );
  }

  /** Somebody waits: who has had their time goes. */
  private makeRoom(): void {
    if (this.waiting.length + this.gaveWay.length === 0) return;
    if (this.waiting.length > 0 && this.running.size < ATTEMPTS_MAX) return;
    for (const { isLate, controller } of [...this.running]) if (isLate) controller.abort();
  }

  private won(attempt: Attempt, won: Won): void {
    this.leave(attempt);
    if (this.isOver) return;
    this.finish({ won });
  }

  private failed(attempt: Attempt, error: unknown): void {
    this.leave(attempt);
    if (this.isOver) return;
    const { address } = attempt;
    const verdict = this.isClosing ? 'next' : this.contest.judge(error);
    if (verdict === 'yield' && this.running.size > 0 && !this.yielded.has(address)) {
      this.yielded.add(address);
      this.gaveWay.push(address);
      this.makeRoom();
      return;
    }
    this.failures.push({ address, error });
    if (verdict === 'end') {
      this.finish({ failures: [{ address, error }], untried: [] });
      return;
    }
    if (this.running.size === 0 && this.waiting.length === 0) this.waiting.push(...this.gaveWay.splice(0));
    this.begin();
    this.finishIfOver();
  }

  private leave(attempt: Attempt): void {
    this.running.delete(attempt);
    this.contest.timers.clearTimeout(attempt.timer);
  }

  private finishIfOver(): void {
    if (this.isOver || this.running.size > 0) return;
    if (!this.isClosing && this.waiting.length > 0) return;
    this.finish({ failures: this.failures, untried: [...this.gaveWay, ...this.waiting] });
  }

  private finish(outcome: Outcome<Won>): void {
    const { signal, timers } = this.contest;
    this.isOver = true;
    this.isClosing = true;
    signal.removeEventListener('abort', this.stop);
    timers.clearTimeout(this.stagger);
    timers.clearTimeout(this.whole);
    for (const { controller } of [...this.running]) controller.abort();
    this.done(outcome);
  }
}
