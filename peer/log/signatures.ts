/**
 * Checks the signatures of entries, each once: the same entry comes over several links, and to several peers of one gateway, which
 * share one of these. What is remembered is a fact about a key, an entry and a signature, whoever asks.
 */
import { verify, type KeyObject } from 'node:crypto';
import { signedBytes } from '../../protocol/entry.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';

type Done = (valid: boolean) => void;

/** A signature, and by whom it is said to be. The device id is the hash of its key, so that it names the key. */
export interface Signed {
  readonly device: DeviceId;
  readonly publicKey: KeyObject;
  readonly id: EntryId;
  /** base64url */
  readonly sig: string;
}

export class Signatures {
  /** Found good, the oldest first. What is not good is not kept: it costs its sender the link. */
  private readonly good = new Set<string>();
  /** Being checked, and who waits for it. */
  private readonly waiting = new Map<string, Done[]>();
  private checkedThisTurn = false;

  /** @param limit of signatures that are remembered, about 300 bytes each */
  constructor(private readonly limit = 4096) {}

  /**
   * The first new one of a turn of the event loop is checked at once, since the way to the thread pool takes longer than the check;
   * further ones on the pool, since a check costs as much as a commit.
   */
  verify({ device, publicKey, id, sig }: Signed, done: Done): void {
    const name = `${device} ${id} ${sig}`;
    if (this.good.has(name)) {
      done(true);
      return;
    }
    const others = this.waiting.get(name);
    if (others) {
      others.push(done);
      return;
    }
    const signature = Buffer.from(sig, 'base64url');
    if (!this.checkedThisTurn) {
      this.checkedThisTurn = true;
      setImmediate(() => {
        this.checkedThisTurn = false;
      });
      done(this.remember(name, verify(null, signedBytes(id), publicKey, signature)));
      return;
    }
    const all = [done];
    this.waiting.set(name, all);
    verify(null, signedBytes(id), publicKey, signature, (error, isGood) => {
      this.waiting.delete(name);
      const valid = this.remember(name, !error && isGood);
      for (const tell of all) tell(valid);
    });
  }

  private remember(name: string, isGood: boolean): boolean {
    if (!isGood) return false;
    this.good.add(name);
    const [oldest] = this.good;
    if (this.good.size > this.limit && oldest !== undefined) this.good.delete(oldest);
    return true;
  }
}
