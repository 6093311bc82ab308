/** Test support: history in memory, by the plainest reading of what it promises. */
import { compareEntries, type Entry } from '../../protocol/entry.js';
import { isMessage, isRow } from '../../protocol/entry-kinds.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import { relatedTo, type Related } from '../../protocol/related.js';
import {
  foldRelations,
  isRelationKind,
  mayRelate,
  relationOf,
  replyTarget,
  type Folded,
  type RelationFact,
} from '../../protocol/relations.js';
import type { Arrived, History, HistoryPlace, SearchRequest } from '../services.js';

interface Fact extends RelationFact {
  readonly entry: Entry;
}

export class TestHistory implements History {
  private readonly known = new Map<ConversationId, { seen: number; relations: Entry[] }>();

  /** @param of entries of a conversation in the order of their arrival */
  constructor(
    private readonly of: (id: ConversationId) => readonly Entry[],
    private readonly all: () => readonly Entry[],
    private readonly hides: (user: Username) => boolean = () => false,
  ) {}

  page = (
    id: ConversationId,
    { first, before, after, around, since }: HistoryPlace = {},
    limit: number,
  ): { entries: Entry[]; more: boolean; newer: boolean } => {
    const arrived = this.of(id).filter((row) => isRow(row) && !this.hides(row.from));
    if (since !== undefined) {
      const from = arrived.findIndex((entry) => entry.id === since) + 1;
      return { entries: arrived.slice(from, from + limit), more: true, newer: arrived.length > from + limit };
    }
    const rows = arrived.toSorted(compareEntries);
    const mark = before ?? after ?? around;
    const at = first ? -1 : mark === undefined ? rows.length : rows.findIndex((entry) => entry.id === mark);
    if (at < 0 && !first) throw new ParleyError('not_found');
    const start =
      after === undefined && !first ? Math.max(0, at - (around === undefined ? limit : (limit - 1) >> 1)) : at + 1;
    const end = before === undefined ? Math.min(rows.length, start + limit) : at;
    return { entries: rows.slice(start, end), more: start > 0, newer: end < rows.length };
  };

  private readonly order: Entry[] = [];

  arrived = (after: string | undefined, limit: number): Arrived => {
    this.order.push(...this.all().filter((entry) => !this.order.includes(entry)));
    const from = after === undefined ? this.order.length : Number(after);
    if (!(from >= 0 && from <= this.order.length)) throw new ParleyError('not_found');
    const page = this.order.slice(from, from + limit).map((entry, at) => ({ entry, place: String(from + at + 1) }));
    const place = from + page.length;
    const arrivals = page.filter(({ entry }) => !this.hides(entry.from));
    return { arrivals, place: String(place), more: place < this.order.length };
  };

  entry = (id: EntryId): Entry | undefined => this.all().find((entry) => entry.id === id && !this.hides(entry.from));

  related = (entry: Entry): Related | undefined =>
    relatedTo<Fact>(entry, {
      folded: (about) => this.folded(about),
      entryOf: (fact) => fact.entry,
      entry: (id) => this.all().find((about) => about.id === id),
      hides: this.hides,
    });

  pins = (id: ConversationId, limit: number): Entry[] =>
    this.of(id)
      .filter(({ from }) => !this.hides(from))
      .flatMap((entry) => ({ entry, time: this.related(entry)?.pinned?.time ?? '' }))
      .filter(({ time }) => time !== '')
      .sort((a, b) => (a.time < b.time ? 1 : -1))
      .slice(0, limit)
      .map(({ entry }) => entry);

  search = async ({ words, limit }: SearchRequest): Promise<{ entries: Entry[]; more: boolean }> => {
    const found = this.all().filter(
      (entry) =>
        isMessage(entry) &&
        !this.hides(entry.from) &&
        !this.related(entry)?.deleted &&
        words.every(({ text }) => (this.related(entry)?.edited?.message ?? entry.message).includes(text)),
    );
    return { entries: found.toSorted(compareEntries).reverse().slice(0, limit), more: found.length > limit };
  };

  /** Entries that look different once these are there. */
  changedBy(id: ConversationId, added: readonly Entry[]): EntryId[] {
    const targets = added.flatMap((entry) => {
      const relation = relationOf(entry);
      const target = this.of(id).find((known) => known.id === relation?.target);
      return relation && target && mayRelate(target, relation.kind, entry.from) ? [target.id] : [];
    });
    if (targets.length === 0) return [];
    const replies = this.of(id).filter((entry) => targets.some((target) => target === replyTarget(entry)));
    return [...new Set([...targets, ...replies.map((entry) => entry.id)])];
  }

  private folded(target: Entry): Folded<Fact> | undefined {
    const facts = this.relations(target.conversation).flatMap((entry): Fact[] => {
      const relation = relationOf(entry);
      if (relation?.target !== target.id || this.hides(entry.from)) return [];
      const { from, time, device, seq } = entry;
      return [{ ...relation, from, time, device, seq, entry }];
    });
    return facts.length === 0 ? undefined : foldRelations(target, facts);
  }

  /** Kept, so that a test may write thousands of texts. */
  private relations(id: ConversationId): readonly Entry[] {
    const all = this.of(id);
    const known = this.known.get(id) ?? { seen: 0, relations: [] };
    for (; known.seen < all.length; known.seen++) {
      const entry = all[known.seen];
      if (entry && isRelationKind(entry.kind)) known.relations.push(entry);
    }
    this.known.set(id, known);
    return known.relations;
  }
}
