/**
 * A piece of one log that came over one link: it starts at the log's end, and waits for the signed entry that proves it. Its
 * tail, behind the last signed entry, is what nobody answers for yet.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { pieceLength, runCost } from '../../protocol/signed-runs.js';

/** Any token that names a link; the log only compares it. */
export type LinkToken = number;

/** Another chain than ours that a link has begun to show: told of once a signature covers it. */
export interface Rival {
  /** The first place where it differs from what we hold. */
  readonly seq: number;
  /** What would go on with it. */
  readonly next: number;
  readonly prev: EntryId;
  /** It is the very first: what stands before it is the same in both. */
  readonly exact: boolean;
}

export interface Size {
  readonly entries: number;
  /** As `memoryCost` counts. */
  readonly bytes: number;
}

/** Of `data`, besides its text: for each list or object, for each thing in one, for each name of a member. */
const [CONTAINER_COST, ITEM_COST, NAME_COST] = [20, 8, 24];

/**
 * What an entry counts while it waits: its text, and the structure of its `data`, which takes up to 25 times as much memory as
 * its text. It is at least half of what V8 takes, and less than 16 times the text, so that a piece of UNSIGNED_BYTES_MAX is
 * within UNPROVEN_BYTES_MAX whatever its shape. Bytes.
 */
export function memoryCost(entry: Entry, cost = runCost(entry)): number {
  return cost + structureCost(entry.data);
}

/** Not deeper than DATA_DEPTH_MAX: `fromWire` has checked that. */
function structureCost(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let sum = CONTAINER_COST;
  if (Array.isArray(value)) for (const item of value) sum += ITEM_COST + structureCost(item);
  else for (const item of Object.values(value)) sum += NAME_COST + ITEM_COST + structureCost(item);
  return sum;
}

export class Run {
  verifying = false;
  /** From this `seq` on it was written after the device was revoked. */
  lateFrom: number | undefined;
  rival: Rival | undefined;
  readonly entries: Entry[] = [];
  /** By the rule of the wire, for its pieces. */
  private readonly costs: number[] = [];
  /** By what they take here. */
  private readonly weights: number[] = [];
  private bytes = 0;
  private unsigned: Size = { entries: 0, bytes: 0 };

  constructor(
    readonly link: LinkToken,
    readonly conversation: ConversationId,
    readonly device: DeviceId,
  ) {}

  /** Behind the last signed entry. */
  get tail(): Size {
    return this.unsigned;
  }

  /** Of what a signature answers for, whether it was checked yet or not. */
  get signedBytes(): number {
    return this.bytes - this.unsigned.bytes;
  }

  push(entry: Entry): void {
    const cost = runCost(entry);
    const weight = memoryCost(entry, cost);
    this.entries.push(entry);
    this.costs.push(cost);
    this.weights.push(weight);
    this.bytes += weight;
    const { entries, bytes } = this.unsigned;
    this.unsigned =
      entry.sig === undefined ? { entries: entries + 1, bytes: bytes + weight } : { entries: 0, bytes: 0 };
  }

  /** Takes the first ones out. */
  shift(count: number): Entry[] {
    this.costs.splice(0, count);
    this.weights.splice(0, count);
    const taken = this.entries.splice(0, count);
    this.count();
    return taken;
  }

  /** Keeps only the first ones. */
  keep(count: number): void {
    this.costs.splice(count);
    this.weights.splice(count);
    this.entries.splice(count);
    this.count();
  }

  /**
   * The entry whose signature is to be checked next, and kept: the last signed one of a piece, before the revocation if there is
   * one. Of what was not signed in time, the first.
   */
  signed(): Entry | undefined {
    const { lateFrom = Infinity } = this;
    const piece = this.entries.slice(0, pieceLength(this.costs));
    const isSigned = ({ sig }: Entry): boolean => sig !== undefined;
    return (
      piece.findLast((entry) => isSigned(entry) && entry.seq < lateFrom) ??
      piece.findLast(isSigned) ??
      this.entries.slice(0, UNSIGNED_RUN_MAX).find(isSigned)
    );
  }

  private count(): void {
    const sum = (weights: readonly number[]): number => weights.reduce((all, weight) => all + weight, 0);
    this.bytes = sum(this.weights);
    const from = this.entries.findLastIndex(({ sig }) => sig !== undefined) + 1;
    const tail = this.weights.slice(from);
    this.unsigned = { entries: tail.length, bytes: sum(tail) };
  }
}
