/** Simulated timers of one process: what it asked for does not happen after its end. */
import type { Appointment, Schedule } from './schedule.js';

export class Lifetime {
  ended = false;

  constructor(private readonly schedule: Schedule) {}

  after(ms: number, callback: () => void): Appointment {
    return this.schedule.after(ms, () => {
      if (!this.ended) callback();
    });
  }

  soon(callback: () => void): void {
    this.schedule.soon(() => {
      if (!this.ended) callback();
    });
  }

  readonly timers = {
    setTimeout: (run: () => void, ms: number): unknown => ({ at: this.after(ms, run) }),
    clearTimeout: (timer: unknown): void => this.cancel(timer),
    setInterval: (run: () => void, ms: number): unknown => {
      const timer: { at?: Appointment } = {};
      const again = (): void => {
        timer.at = this.after(ms, again);
        run();
      };
      timer.at = this.after(ms, again);
      return timer;
    },
    clearInterval: (timer: unknown): void => this.cancel(timer),
  };

  private cancel(timer: unknown): void {
    this.schedule.cancel((timer as { at?: Appointment } | undefined)?.at);
  }
}
