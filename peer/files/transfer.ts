/** What the machine of downloads knows of one file: its chunks, who holds which, and which to ask for next. */
import { chunkCount, chunkLength } from '../../protocol/files.js';
import { HASH_BYTES } from './chunk-io.js';
import type { Holder as HolderOf } from './holder.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { Ask as AskOf, Source as SourceOf } from './source.js';

export type Ask = AskOf<Transfer>;
export type Source = SourceOf<Transfer>;
export type Holder = HolderOf<Source>;

/** Among so many chunks the rarest is looked for: enough that not all ask for the same, and quickly done of 65,536. */
const LOOK_MAX = 512;
/** A chunk is asked of at most so many at once. */
const ASKED_OF_MAX = 2;
export interface TransferFacts {
  readonly sha256: string;
  readonly size: number;
}

export class Transfer {
  readonly count: number;
  readonly holders = new Map<Source, Holder>();
  /** A manifest is here, and right. */
  hasManifest: boolean;
  left = 0;
  private readonly done: Uint8Array;
  /** Arrived, and being written: how often, since two may have sent it. */
  private readonly inHand = new Map<number, number>();
  private readonly asked = new Map<number, { readonly source: Source; readonly ask: Ask }[]>();
  private readonly copies: Uint16Array;
  /** How often wrong bytes of each device were found: as long as it is fetched, whether the device goes and comes again or not. */
  private readonly lies = new Map<DeviceId, number>();
  /** All before it is there or asked for. */
  private low = 0;

  constructor(
    readonly facts: TransferFacts,
    kept: { readonly hasManifest: boolean; readonly has: (chunk: number) => boolean },
  ) {
    this.count = chunkCount(facts.size);
    this.hasManifest = kept.hasManifest;
    this.done = Uint8Array.from({ length: this.count }, (_, n) => (kept.has(n) ? 1 : 0));
    this.copies = new Uint16Array(this.count);
    this.left = this.done.reduce((left, flag) => left - flag, this.count);
  }

  get id(): string {
    return this.facts.sha256;
  }

  /** @returns how often by now */
  lied(device: DeviceId, more = 1): number {
    const lies = (this.lies.get(device) ?? 0) + more;
    this.lies.set(device, lies);
    return lies;
  }

  /** Bytes of the answer. */
  length(chunk: number | 'manifest'): number {
    if (chunk === 'manifest') return this.count * HASH_BYTES;
    return chunkLength(this.facts.size, chunk);
  }

  isDone(chunk: number): boolean {
    return this.done[chunk] === 1;
  }

  /** What that device has, as it says. */
  hold(holder: Holder, has: (chunk: number) => boolean): void {
    this.tally(holder, -1);
    holder.has = has;
    holder.hasAll = true;
    for (let n = 0; n < this.count && holder.hasAll; n++) holder.hasAll = has(n);
    holder.without.clear();
    this.tally(holder, 1);
  }

  /** It has nothing, as far as is known. */
  forget(holder: Holder): void {
    this.hold(holder, () => false);
    holder.hasAll = false;
  }

  /** What it has is to be asked for, but not before. */
  askAgain(holder: Holder, notBefore: number): void {
    holder.state = 'new';
    holder.notBefore = notBefore;
    this.forget(holder);
  }

  /** Whether anything is missing, and somebody there who may have it. */
  get isReachable(): boolean {
    if (this.hasManifest && this.left === 0) return false;
    return [...this.holders.values()].some(({ isLeftAlone }) => !isLeftAlone);
  }

  /** Whether next to nothing comes of it for now: those who have it are slow, or none of those who are there has any. */
  isStuck(now: number): boolean {
    if (this.allAsked().some(({ source }) => !source.isSlow(now))) return false;
    return ![...this.holders.values()].some((holder) => {
      if (holder.isLeftAlone || holder.source.isSlow(now)) return false;
      return holder.state === 'asked' || (holder.state === 'ready' && (holder.hasAll || this.isUseful(holder)));
    });
  }

  /** Whether somebody is to be asked now what they have. */
  isDue(now: number): boolean {
    return [...this.holders.values()].some(
      ({ state, isLeftAlone, notBefore }) => state === 'new' && !isLeftAlone && now >= notBefore,
    );
  }

  /** Whether somebody who is linked has said that they have what is missing. */
  get isKnown(): boolean {
    if (this.hasManifest && this.left === 0) return true;
    return [...this.holders.values()].some(
      (holder) => holder.state === 'ready' && !holder.isLeftAlone && (holder.hasAll || this.isUseful(holder)),
    );
  }

  /** Whether another device can give it. */
  hasOther(source: Source, chunk: number | 'manifest'): boolean {
    return [...this.holders.values()].some(
      (other) =>
        other.source !== source &&
        other.state === 'ready' &&
        !other.isLeftAlone &&
        (chunk === 'manifest' || other.canGive(chunk)),
    );
  }

  /** The chunk to ask that device for; undefined when it has none that should be asked for now. */
  pick(holder: Holder, now: number, random: () => number): number | undefined {
    if (!this.hasManifest || this.left === 0) return undefined;
    return this.unasked(holder, random) ?? this.again(holder, now);
  }

  /** Whether that device has anything that is missing here. */
  isUseful(holder: Holder): boolean {
    for (let n = this.low; n < this.count; n++) if (!this.isDone(n) && holder.canGive(n)) return true;
    for (const n of this.asked.keys()) if (holder.canGive(n)) return true;
    return false;
  }

  ask(source: Source, ask: Ask): void {
    if (ask.chunk === 'manifest') return;
    const asks = this.asked.get(ask.chunk) ?? [];
    this.asked.set(ask.chunk, [...asks, { source, ask }]);
  }

  /** The request is over, whatever came of it. */
  unask(ask: Ask): void {
    if (ask.chunk === 'manifest') return;
    const rest = (this.asked.get(ask.chunk) ?? []).filter((other) => other.ask !== ask);
    if (rest.length > 0) this.asked.set(ask.chunk, rest);
    else this.asked.delete(ask.chunk);
    this.low = Math.min(this.low, ask.chunk);
  }

  /** Who else was asked for it. */
  askedFor(chunk: number): readonly { readonly source: Source; readonly ask: Ask }[] {
    return this.asked.get(chunk) ?? [];
  }

  get isAsked(): boolean {
    return this.asked.size > 0;
  }

  allAsked(): { readonly source: Source; readonly ask: Ask }[] {
    return [...this.asked.values()].flat();
  }

  /** It is in memory, and not written yet. */
  take(chunk: number): void {
    this.inHand.set(chunk, (this.inHand.get(chunk) ?? 0) + 1);
  }

  /** @param isRight whether it is there now */
  taken(chunk: number, isRight: boolean): void {
    const others = (this.inHand.get(chunk) ?? 1) - 1;
    if (others > 0) this.inHand.set(chunk, others);
    else this.inHand.delete(chunk);
    this.low = Math.min(this.low, chunk);
    if (!isRight || this.isDone(chunk)) return;
    this.done[chunk] = 1;
    this.left -= 1;
  }

  private unasked(holder: Holder, random: () => number): number | undefined {
    while (this.low < this.count && !this.isFree(this.low)) this.low++;
    // Who else is fetching it has other chunks than we do only if not all begin at the beginning.
    const rarest = [...this.holders.values()].some((other) => other.state === 'ready' && !other.hasAll);
    let best: number | undefined;
    let equal = 0;
    let looked = 0;
    for (let n = this.low; n < this.count && looked < LOOK_MAX; n++) {
      if (!this.isFree(n) || !holder.canGive(n)) continue;
      if (!rarest) return n;
      looked++;
      const [copies = 0, fewest = Infinity] = [this.copies[n], best === undefined ? Infinity : this.copies[best]];
      if (copies > fewest) continue;
      equal = copies < fewest ? 1 : equal + 1;
      // Each of those that are equally rare, with the same chance.
      if (copies < fewest || random() < 1 / equal) best = n;
    }
    return best;
  }

  /** A chunk that another was asked for, and that this one will have brought long before. */
  private again(holder: Holder, now: number): number | undefined {
    const { source } = holder;
    const mine = source.pace * (source.asks.length + 1);
    let best: number | undefined;
    let latest = 2 * mine + 50;
    for (const [chunk, asks] of this.asked) {
      if (this.inHand.has(chunk) || asks.length >= ASKED_OF_MAX || asks.some((other) => other.source === source))
        continue;
      if (!holder.canGive(chunk)) continue;
      const expected = Math.min(...asks.map((other) => other.source.expected(other.ask, now)));
      if (expected > latest) [best, latest] = [chunk, expected];
    }
    return best;
  }

  private isFree(chunk: number): boolean {
    return !this.isDone(chunk) && !this.asked.has(chunk) && !this.inHand.has(chunk);
  }

  private tally(holder: Holder, change: 1 | -1): void {
    for (let n = 0; n < this.count; n++) if (holder.has(n)) this.copies[n] = (this.copies[n] ?? 0) + change;
  }
}
