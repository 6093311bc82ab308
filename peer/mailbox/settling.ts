/**
 * Waits until what a letter brought is durable, or is known not to become so. The log proves and commits in its own time;
 * it tells what became durable, what it refused or does not take now, and that the storage fails.
 */
import type { ErrorCode } from '../../protocol/errors.js';
import type { MailTimers } from './ports.js';
import type { Target, TargetState } from './targets.js';

/**
 * `held`: all is durable but what its logs do not take now. `late`: nothing was heard of it in time. `storage`: nothing can
 * be written now.
 */
export type Settled = 'durable' | 'held' | 'late' | 'storage' | { readonly refused: ErrorCode };

const PATIENCE_MS = 30_000;

export class Settling {
  private token: number | undefined;
  private targets: readonly Target[] = [];
  private settle: ((how: Settled) => void) | undefined;
  private timer: unknown;

  constructor(
    private readonly stateOf: (target: Target) => TargetState,
    private readonly timers: MailTimers,
  ) {}

  /**
   * One letter at a time. `start` hands its entries to the log, which may refuse them at once; what is told to `look` and
   * `refused` before the targets are reached counts.
   */
  wait(token: number, targets: readonly Target[], start: () => void): Promise<Settled> {
    return new Promise((resolve) => {
      this.token = token;
      this.targets = targets;
      this.settle = resolve;
      this.timer = this.timers.setTimeout(() => {
        this.look();
        this.end('late');
      }, PATIENCE_MS);
      start();
      this.look();
    });
  }

  /** Something became durable, or the log takes now what it did not, or the other way round. */
  look(): void {
    if (!this.settle) return;
    const states = new Set(this.targets.map((target) => this.stateOf(target)));
    if (states.has('missing')) return;
    this.end(states.has('held') ? 'held' : 'durable');
  }

  refused(token: number, code: ErrorCode): void {
    if (token === this.token) this.end({ refused: code });
  }

  /** The storage fails. */
  failed(): void {
    this.end('storage');
  }

  private end(how: Settled): void {
    const { settle } = this;
    this.settle = undefined;
    this.token = undefined;
    this.timers.clearTimeout(this.timer);
    settle?.(how);
  }
}
