/** Starts a daemon of its own while nobody's is there: again and again, until one is. */
export interface StandInOptions {
  /** Somebody's is there, or is about to be. */
  readonly runs: () => Promise<boolean>;
  readonly start: () => Promise<void>;
  /** Milliseconds before each try: whoever restarts theirs is not to be forestalled. */
  readonly afterMs: number;
}

export class StandIn {
  private needed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: StandInOptions) {}

  /** The daemon has ended. */
  down(): void {
    this.needed = true;
    this.later();
  }

  /** One is connected; or none is wanted any more. */
  done(): void {
    this.needed = false;
    clearTimeout(this.timer);
  }

  private later(): void {
    clearTimeout(this.timer);
    if (this.needed) this.timer = setTimeout(() => void this.look(), this.options.afterMs);
  }

  private async look(): Promise<void> {
    const { runs, start } = this.options;
    try {
      // Nobody may want it any more when that is known: it would never be stopped.
      if (!(await runs()) && this.needed) await start();
    } catch {
      // The next try may find what this one lacked: a port, a disk with room. Meanwhile the chat says that it is away.
    }
    this.later();
  }
}
