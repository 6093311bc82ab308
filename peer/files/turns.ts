/** Work on one thing of the disk, one after the other; on different things at once. */
import { isParleyError } from '../../protocol/errors.js';
import { storageFailure } from '../store/failure.js';

const nothing = (): void => undefined;

export class Turns {
  private readonly ends = new Map<string, Promise<void>>();

  /** Runs it after all that was asked for this thing before, whatever came of that. @throws (rejects with) ParleyError as the store */
  async run<T>(thing: string, work: () => Promise<T>): Promise<T> {
    const mine = this.last(thing).then(work);
    const end = mine.then(nothing, nothing);
    this.ends.set(thing, end);
    try {
      return await mine;
    } catch (error) {
      throw isParleyError(error) ? error : storageFailure(error);
    } finally {
      if (this.ends.get(thing) === end) this.ends.delete(thing);
    }
  }

  /** Resolves when all that was asked for this thing so far has ended. */
  async last(thing: string): Promise<void> {
    await this.ends.get(thing);
  }
}
