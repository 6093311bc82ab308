/** Waiting for the tracker to certify this device. */
import { ParleyError } from '../../protocol/errors.js';

/** A sign-in waits for so long. */
const WITHIN_MS = 15_000;

export class Certification {
  private certified = false;
  private readonly waiting = new Set<() => void>();

  done(): void {
    this.certified = true;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** Rejects with `unavailable` when it takes too long. */
  wait(): Promise<void> {
    if (this.certified) return Promise.resolve();
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
