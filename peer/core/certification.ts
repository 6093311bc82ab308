/** Whether the tracker has certified this device, and waiting until it has. */
import { ParleyError } from '../../protocol/errors.js';

/** A sign-in waits for so long. */
const WITHIN_MS = 15_000;

export class Certification {
  private isDone = false;
  private readonly waiting = new Set<() => void>();

  /** The device is certified, and all that needs it is there. */
  get done(): boolean {
    return this.isDone;
  }

  finish(): void {
    this.isDone = true;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** Rejects with `unavailable` when it takes too long. */
  wait(): Promise<void> {
    if (this.isDone) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const certified = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(certified);
        reject(new ParleyError('unavailable', 'The tracker has not certified this device yet. Try again in a moment.'));
      }, WITHIN_MS);
      this.waiting.add(certified);
    });
  }
}
