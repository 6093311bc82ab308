/**
 * What the user marks as read or unread in one conversation, one after the other, since it takes many turns where much is unread. Of
 * what waits to be read only the last place counts: it holds those before it.
 */
import type { Entry } from '../../protocol/entry.js';
import { compareShown } from '../../protocol/order.js';

/** Undefined where it is done at once. */
type Work = () => Promise<void> | undefined;

export class Marking {
  private running: Promise<void> | undefined;
  private waiting: { upTo: Entry; readonly done: Promise<void> } | undefined;

  /** Rejects with what `read` throws or rejects with. */
  read(upTo: Entry, read: (upTo: Entry) => Promise<void> | undefined): Promise<void> {
    if (!this.running) return this.run(() => read(upTo));
    if (this.waiting) {
      if (compareShown(upTo, this.waiting.upTo) > 0) this.waiting.upTo = upTo;
      return this.waiting.done;
    }
    const last = { upTo };
    const done = this.run(() => {
      if (this.waiting === waiting) this.waiting = undefined;
      return read(waiting.upTo);
    });
    const waiting = Object.assign(last, { done });
    this.waiting = waiting;
    return done;
  }

  /** Rejects with what `mark` throws. */
  unread(mark: () => void): Promise<void> {
    // What is read after it is not read before it.
    this.waiting = undefined;
    return this.run(() => void mark());
  }

  private async run(work: Work): Promise<void> {
    const before = this.running;
    const done = before ? before.then(work) : work();
    if (!done) return;
    const running: Promise<void> = done.then(
      () => this.ended(running),
      () => this.ended(running),
    );
    this.running = running;
    await done;
  }

  private ended(running: Promise<void>): void {
    if (this.running === running) this.running = undefined;
  }
}
