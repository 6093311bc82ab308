/**
 * Waits until what a letter brought is durable, or is known not to become so. The log proves and commits in its own time;
 * it tells what became durable, what it refused, and that the storage fails.
 */
import type { ErrorCode } from '../../protocol/errors.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { MailTimers } from './ports.js';

/** Up to where logs have to be durable. */
export type Targets = readonly {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly seq: number;
}[];

/** `late`: nothing was heard of it in time. `storage`: nothing can be written now. */
export type Settled = 'durable' | 'late' | 'storage' | { readonly refused: ErrorCode };

const PATIENCE_MS = 30_000;

export class Settling {
  private token: number | undefined;
  private targets: Targets = [];
  private settle: ((how: Settled) => void) | undefined;
  private timer: unknown;

  constructor(
    private readonly durable: (conversation: ConversationId) => ReadonlyMap<DeviceId, number>,
    private readonly timers: MailTimers,
  ) {}

  /**
   * One letter at a time. `start` hands its entries to the log, which may refuse them at once; what is told to `look` and
   * `refused` before the targets are reached counts.
   */
  wait(token: number, targets: Targets, start: () => void): Promise<Settled> {
    return new Promise((resolve) => {
      this.token = token;
      this.targets = targets;
      this.settle = resolve;
      this.timer = this.timers.setTimeout(() => this.end('late'), PATIENCE_MS);
      start();
      this.look();
    });
  }

  /** Something became durable. */
  look(): void {
    if (!this.settle) return;
    const missing = this.targets.some(({ conversation, device, seq }) => {
      return (this.durable(conversation).get(device) ?? 0) < seq;
    });
    if (!missing) this.end('durable');
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
