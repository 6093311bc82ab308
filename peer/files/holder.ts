/** One device that may have a file: by which entry it is asked, what it has as it says, and when it is asked again. */
import type { EntryId } from '../../protocol/ids.js';

/** When to ask again who had nothing: doubled each time. */
export const AGAIN_MS = 15_000;
const AGAIN_MAX_MS = 600_000;
const DOUBLED_MAX = 16;
/** What it says unasked is heeded so often. */
const SAID_MS = 1_000;
/** Whose wrong bytes were found so often is left alone for the transfer. */
const LIES_MAX = 2;

export class Holder<Source> {
  /** `new`: to be asked what it has; `ready`: it has told. */
  state: 'new' | 'asked' | 'ready' = 'new';
  /** It is not asked what it has before. */
  notBefore = 0;
  hasAll = false;
  /** Chunks that were wrong, or not there after all. */
  readonly without = new Set<number>();
  has: (chunk: number) => boolean = () => false;
  /** How often in a row it had nothing, by whichever entry. */
  private refusals = 0;
  private saidAt = -Infinity;

  /** @param entries see `Offer`. The first is the next */
  constructor(
    readonly source: Source,
    private entries: readonly EntryId[],
    /** How often it has sent wrong bytes of this file. */
    public lies: number,
  ) {}

  /** By which it is asked. */
  get entry(): EntryId | undefined {
    return this.entries[0];
  }

  get isLeftAlone(): boolean {
    return this.lies >= LIES_MAX;
  }

  /** Whether it has said that there is nothing for us, by whichever entry, and nothing else since. */
  get refuses(): boolean {
    return this.refusals >= this.entries.length;
  }

  canGive(chunk: number): boolean {
    return this.has(chunk) && !this.without.has(chunk);
  }

  /** @returns whether there is any that was not offered before: it is asked by that one at once */
  offered(entries: readonly EntryId[], now: number): boolean {
    const known = new Set(this.entries);
    const fresh = entries.filter((entry) => !known.has(entry));
    const kept = this.entries.filter((entry) => entries.includes(entry));
    const isIdle = this.state === 'new';
    this.entries = isIdle ? [...fresh, ...kept] : [...kept, ...fresh];
    if (fresh.length > 0 && isIdle) this.notBefore = Math.min(this.notBefore, now);
    return fresh.length > 0;
  }

  /** It says, unasked, that there is some by that entry. Who says it all the time is asked no more often than others. */
  said(entry: EntryId, now: number): void {
    if (this.state !== 'new') return;
    this.notBefore = Math.min(this.notBefore, Math.max(now, this.saidAt + SAID_MS));
    this.saidAt = Math.max(now, this.notBefore);
    this.entries = [entry, ...this.entries.filter((other) => other !== entry)];
  }

  offers(entry: EntryId): boolean {
    return this.entries.includes(entry);
  }

  /** It has told by that entry what it has. */
  ready(now: number): void {
    this.state = 'ready';
    this.refusals = 0;
    this.notBefore = now + AGAIN_MS;
  }

  /** @returns when it is to be asked by the next of its entries; once all were tried, ever later */
  turn(now: number, random: () => number): number {
    const [first, ...others] = this.entries;
    if (first !== undefined) this.entries = [...others, first];
    this.refusals += 1;
    const count = Math.max(1, this.entries.length);
    if (this.refusals % count !== 0) return now;
    const wait = AGAIN_MS * 2 ** Math.min(DOUBLED_MAX, this.refusals / count - 1);
    return now + Math.min(AGAIN_MAX_MS, wait) * (0.5 + random() / 2);
  }

  /** Whether it may have more by another of its entries than by this one, and that is to be looked at now. */
  mayTurn(now: number): boolean {
    return this.state === 'ready' && this.entries.length > 1 && now >= this.notBefore;
  }
}
