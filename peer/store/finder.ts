/** Full-text search: what a request asks for as an expression of the word index, and what is found looked at once more. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entry } from '../../protocol/entry.js';
import { isMessage } from '../../protocol/entry-kinds.js';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import type { SearchWord } from '../../protocol/search-query.js';
import type { Found, SearchRequest } from '../services.js';
import type { Numbering } from './numbering.js';
import type { RelationStore } from './relations.js';
import { SearchIndex, type WordPlace } from './search.js';
import type { Database } from './sqlite.js';
import { hourOf, marks, type Words } from './words.js';

/** What the idle indexer has not reached yet is little; so many slices of it are done before a search. */
const STEPS_MAX = 32;
const SLICE_MAX = 100;
const LAST: WordPlace = { hour: 2 ** 31, n: 0 };

export interface FinderParts {
  readonly db: Database;
  readonly numbers: Numbering;
  readonly words: Words;
  readonly store: {
    entry(id: EntryId): Entry | undefined;
    readonly entries: { byRow(n: number): Entry | undefined };
    readonly relations: Pick<RelationStore, 'of'>;
    rowOf(id: EntryId): number | undefined;
  };
}

export class Finder {
  private readonly index: SearchIndex;
  private closed = false;

  constructor(private readonly parts: FinderParts) {
    this.index = new SearchIndex(parts.db);
  }

  /** Newest first, in slices between which others have their turn. */
  async search(request: SearchRequest): Promise<Found> {
    let behind = true;
    for (let i = 0; i < STEPS_MAX && (behind = this.parts.words.step()); i++) await this.turn();
    const found = await this.look(request);
    return behind ? { ...found, behind } : found;
  }

  private async look(request: SearchRequest): Promise<Found> {
    const { limit, conversations, from = 0 } = request;
    const expression = this.expression(request);
    const allowed = new Set(conversations);
    const entries: Entry[] = [];
    let at = this.start(request);
    while (expression !== undefined) {
      const slice = Math.min(SLICE_MAX, limit + 1);
      const places = this.index.places(expression, at, hourOf(from), slice);
      for (const place of places) {
        const entry = this.parts.store.entries.byRow(place.n);
        if (!entry || !this.fits(entry, request, allowed)) continue;
        if (entries.length === limit) return { entries, more: true };
        entries.push(entry);
      }
      if (places.length < slice) break;
      at = places.at(-1) ?? at;
      await this.turn();
    }
    return { entries, more: false };
  }

  close(): void {
    this.closed = true;
  }

  private async turn(): Promise<void> {
    await nextTurn();
    if (this.closed) throw new ParleyError('unavailable');
  }

  private start({ after, to }: SearchRequest): WordPlace {
    const end = to === undefined ? LAST : { hour: hourOf(to - 1) + 1, n: 0 };
    if (after === undefined) return end;
    const entry = this.parts.store.entry(after);
    const n = this.parts.store.rowOf(after);
    if (!entry || n === undefined) throw new ParleyError('not_found', 'The page before is not here. Search again.');
    const place = { hour: hourOf(Date.parse(entry.time)), n };
    return place.hour < end.hour ? place : end;
  }

  /** The index holds hours, and may lag behind an edit that was written just now. */
  private fits(
    entry: Entry,
    { from = 0, to = Infinity }: SearchRequest,
    allowed: ReadonlySet<ConversationId>,
  ): boolean {
    if (!isMessage(entry) || !allowed.has(entry.conversation)) return false;
    const time = Date.parse(entry.time);
    if (time < from || time >= to) return false;
    const said = this.parts.store.relations.of(entry);
    return said === undefined || (!said.deleted && (said.edit?.n ?? 0) <= this.parts.words.upto);
  }

  /** Undefined where nothing can match. */
  private expression(request: SearchRequest): string | undefined {
    const { but } = request;
    const wanted = this.wanted(request);
    if (wanted === undefined || !but || but.length === 0) return wanted;
    return `(${wanted}) NOT ${anyOf(but.map((user) => marks.user(user)))}`;
  }

  private wanted(request: SearchRequest): string | undefined {
    const { words, users, file, link } = request;
    const parts = words.map((word) => `message : ${wordExpression(word)}`);
    if (users) parts.push(anyOf(users.map((user) => marks.user(user))));
    if (file) parts.push(anyOf([marks.file]));
    if (link) parts.push(anyOf([marks.link]));
    const places = this.placeExpression(request, parts.length > 0);
    if (places === undefined) return undefined;
    const all = parts.join(' AND ');
    if (places.startsWith('NOT')) return `(${all}) ${places}`;
    return [all, places].filter((part) => part !== '').join(' AND ');
  }

  /** Only those asked for; or, where that is shorter, none but those. */
  private placeExpression({ conversations }: SearchRequest, among: boolean): string | undefined {
    const here = conversations.flatMap((id) => this.parts.numbers.conversationIfKnown(id) ?? []);
    if (here.length === 0) return undefined;
    const others = this.parts.numbers.conversationsBut(new Set(here));
    if (among && others.length === 0) return '';
    if (among && others.length < here.length) return `NOT ${anyOf(others.map(marks.conversation))}`;
    return anyOf(here.map(marks.conversation));
  }
}

function anyOf(tokens: readonly string[]): string {
  return `place : (${tokens.map((token) => `"${token}"`).join(' OR ') || '""'})`;
}

/** No character of a word has a meaning within quotes, and it holds none. */
function wordExpression({ text, prefix }: SearchWord): string {
  return prefix ? `"${text}"*` : `"${text}"`;
}
