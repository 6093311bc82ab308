/**
 * Where entries stand as they come (protocol/order.ts), and what own ones have to follow: the newest entry of each
 * conversation, as far as it is believed.
 */
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { CLOCK_LEAD_MS } from '../../protocol/limits.js';
import { arrivalPlace } from '../../protocol/order.js';
import { msOf, type Newest } from '../../protocol/time.js';
import type { LogClock, LogStorage } from './ports.js';

export class Places {
  private readonly newest = new Map<ConversationId, Newest>();
  /** Where the last entry of a log stood when it came. */
  private readonly last = new Map<string, number>();
  /** Of the latest own entry that is no message. */
  private readonly replaced = new Map<ConversationId, number>();
  /** Conversations in which the newest rows may be ahead. */
  private readonly ahead: Set<ConversationId>;

  constructor(
    private readonly self: DeviceId,
    /** Whether others believe an own entry of that time (milliseconds since 1970): a certificate covers it. */
    private readonly isProvable: (time: number) => boolean,
    private readonly storage: Pick<LogStorage, 'newest' | 'replacing' | 'lastPlace' | 'ahead' | 'lower'>,
    private readonly clock: Pick<LogClock, 'now' | 'latest'>,
  ) {
    this.ahead = new Set(storage.ahead?.(this.limit));
  }

  /** What the next own entry has to follow, and when it is written. Milliseconds since 1970. */
  before(conversation: ConversationId): { readonly newest: Newest | undefined; readonly now: number } {
    const now = this.clock.now();
    const limit = now + CLOCK_LEAD_MS;
    const top = this.top(conversation);
    if (!top || top.time <= limit) return { newest: top, now };
    // What we and others wrote lies ahead of our clock: then it is behind now. What we alone wrote: then it was ahead before.
    const theirs = this.storage.newest(conversation, Infinity, this.self);
    const known = this.last.get(keyOf(conversation, this.self));
    const ours = known ?? this.storage.lastPlace(conversation, this.self) ?? -Infinity;
    if (theirs && theirs.time > limit && ours > limit && this.isProvable(top.time + 1))
      return { newest: top, now: top.time };
    return { newest: this.storage.newest(conversation, limit), now };
  }

  /**
   * What changes something, as an edit does, replaces what came before it by its signed time: so the next such entry of ours is
   * not signed before the last, though our clock was ahead then. Milliseconds since 1970.
   */
  replacing(conversation: ConversationId): number {
    const last = this.replaced.get(conversation) ?? this.storage.replacing(conversation, this.self) ?? -Infinity;
    this.replaced.set(conversation, last);
    return this.isProvable(last) ? last : -Infinity;
  }

  /** Entries of others, with where they stand. What another peer made of that is not taken over. */
  placed(entries: readonly Entry[]): readonly Entry[] {
    const now = this.now;
    const limit = new Date(this.limit).toISOString();
    if (entries.every(({ time, at }) => at === undefined && time <= limit)) return entries;
    const tops = new Map<ConversationId, Newest>();
    const rise = (conversation: ConversationId, time: number, device: DeviceId): void => {
      const top = tops.get(conversation) ?? this.top(conversation);
      if (!top || time > top.time || (time === top.time && device > top.device))
        tops.set(conversation, { time, device });
    };
    for (const { conversation, time, device } of entries) {
      if (time <= limit) rise(conversation, Date.parse(time), device);
    }
    const stands = new Map<Entry, string>();
    // What came together is told apart by its times.
    for (const entry of [...entries].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))) {
      const { time, device, conversation } = entry;
      if (time <= limit) continue;
      this.ahead.add(conversation);
      const place = arrivalPlace(Date.parse(time), device, now, () => tops.get(conversation) ?? this.top(conversation));
      rise(conversation, place, device);
      // Also where that is its time: `at` says of an entry that it came ahead.
      stands.set(entry, new Date(place).toISOString());
    }
    return entries.map((entry) => {
      const { at: _, ...bare } = entry;
      const at = stands.get(entry);
      return at === undefined ? bare : { ...bare, at };
    });
  }

  /** These were written. */
  advance(entries: readonly Entry[], ends: readonly Entry[] = pieceEnds(entries)): void {
    for (const entry of entries) {
      const replaced = entry.device === this.self && !isMessage(entry) && this.replaced.get(entry.conversation);
      if (typeof replaced === 'number') this.replaced.set(entry.conversation, Math.max(replaced, msOf(entry.time)));
    }
    const touched = new Set<ConversationId>();
    for (const { conversation, device, time, at } of ends) {
      touched.add(conversation);
      const place = msOf(at ?? time);
      const key = keyOf(conversation, device);
      const last = this.last.get(key);
      this.last.set(key, place);
      // One that stands before the last one of its log moves that; of the first one in this life nobody knows here.
      if (last === undefined || place < last) this.newest.delete(conversation);
      const newest = this.top(conversation);
      if (!newest || place > newest.time || (place === newest.time && device > newest.device)) {
        this.newest.set(conversation, { time: place, device });
      }
    }
    for (const conversation of touched) {
      if (this.ahead.has(conversation) || (this.top(conversation)?.time ?? 0) > this.limit) this.settle(conversation);
    }
  }

  /** Our clock was set: what we wrote while it was ahead may stand elsewhere. @returns where something does */
  clockSet(): ConversationId[] {
    for (const conversation of this.storage.ahead?.(this.limit) ?? []) this.ahead.add(conversation);
    return [...this.ahead].filter((conversation) => this.settle(conversation));
  }

  private settle(conversation: ConversationId): boolean {
    try {
      const lowered = this.storage.lower?.(conversation, this.self, this.limit);
      if (lowered?.ahead !== true) this.ahead.delete(conversation);
      if (lowered?.moved !== true) return false;
    } catch (error) {
      // No room, perhaps: it is tried again with what comes next.
      if (error instanceof ParleyError) return false;
      throw error;
    }
    this.newest.delete(conversation);
    return true;
  }

  private get now(): number {
    return this.clock.latest?.() ?? this.clock.now();
  }

  private get limit(): number {
    return this.now + CLOCK_LEAD_MS;
  }

  /** Believed or not. */
  private top(conversation: ConversationId): Newest | undefined {
    const known = this.newest.get(conversation);
    if (known) return known;
    const stored = this.storage.newest(conversation, Infinity);
    if (stored) this.newest.set(conversation, stored);
    return stored;
  }
}

/** The last entry of each piece: entries of one log that follow each other, all of one time. Of thousands that is often one. */
export function pieceEnds(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ device, conversation, time }, i) => {
    const following = entries[i + 1];
    return following?.device !== device || following.conversation !== conversation || following.time !== time;
  });
}

function keyOf(conversation: ConversationId, device: DeviceId): string {
  return `${device} ${conversation}`;
}
