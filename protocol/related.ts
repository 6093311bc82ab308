/** How an entry looks with all that was said of it (SPEC.md section 5, relations). */
import type { Entry, EntryData } from './entry.js';
import { isMessage } from './entry-kinds.js';
import { fileFacts } from './file-facts.js';
import type { EntryId, Username } from './ids.js';
import { QUOTE_MAX } from './limits.js';
import { replyTarget, type Folded, type Reaction, type RelationFact } from './relations.js';

/** What stands in for the entry that another one answers; its id alone while it is not here. */
export interface Quote {
  readonly id: EntryId;
  readonly from?: Username;
  readonly kind?: string;
  readonly message?: string;
  /** Of a `file`, as its author has it. */
  readonly file?: { readonly name: string; readonly mime: string; readonly voice?: true };
  readonly deleted?: true;
  /** Of somebody whom the reader has blocked: nothing more is told of it. */
  readonly blocked?: true;
}

/** Each is absent where there is nothing to say; `deleted` stands alone. */
export interface Related {
  readonly deleted?: true;
  /** What it says by its latest edit. */
  readonly edited?: { readonly time: string; readonly message: string; readonly data: EntryData };
  readonly reactions?: readonly Reaction[];
  readonly pinned?: { readonly by: Username; readonly time: string };
  readonly reply?: Quote;
  /** Written under an authority that has ended: nobody can edit or delete it any more. */
  readonly former?: true;
}

export interface RelatedSources<Fact extends RelationFact> {
  /** What is said of an entry; undefined for nothing. */
  readonly folded: (entry: Entry) => Folded<Fact> | undefined;
  /** The entry that says it. */
  readonly entryOf: (fact: Fact) => Entry | undefined;
  readonly entry: (id: EntryId) => Entry | undefined;
  /** Whether the reader has blocked a user. */
  readonly hides?: (user: Username) => boolean;
}

/** Undefined for an entry that looks as it was written. */
export function relatedTo<Fact extends RelationFact>(entry: Entry, sources: RelatedSources<Fact>): Related | undefined {
  const folded = sources.folded(entry);
  if (folded?.deleted) return { deleted: true };
  const target = replyTarget(entry);
  if (!folded && target === undefined) return undefined;
  const edit = editOf(entry, folded, sources);
  const { pinned, reactions = [] } = folded ?? {};
  const related: Related = {
    ...(edit ? { edited: edit } : {}),
    ...(reactions.length > 0 ? { reactions } : {}),
    ...(pinned ? { pinned: { by: pinned.from, time: pinned.time } } : {}),
    ...(target === undefined ? {} : { reply: quote(target, entry, sources) }),
  };
  return Object.keys(related).length > 0 ? related : undefined;
}

/** An edit replaces the text and whom it names; the rest, such as what it answers, stays. */
function editOf<Fact extends RelationFact>(
  { data }: Entry,
  folded: Folded<Fact> | undefined,
  { entryOf }: RelatedSources<Fact>,
): Related['edited'] {
  const edit = folded?.edit && entryOf(folded.edit);
  if (!edit) return undefined;
  const { mentions: _, ...kept } = data;
  const named = edit.data['mentions'];
  return { time: edit.time, message: edit.message, data: named === undefined ? kept : { ...kept, mentions: named } };
}

function quote<Fact extends RelationFact>(id: EntryId, reply: Entry, sources: RelatedSources<Fact>): Quote {
  const original = sources.entry(id);
  if (original?.conversation !== reply.conversation || !isMessage(original)) return { id };
  if (sources.hides?.(original.from)) return { id, blocked: true };
  const folded = sources.folded(original);
  const { from, kind } = original;
  if (folded?.deleted) return { id, from, kind, deleted: true };
  const facts = fileFacts(original);
  return {
    ...{ id, from, kind, message: excerpt(editOf(original, folded, sources)?.message ?? original.message) },
    ...(facts && { file: { name: facts.name, mime: facts.mime, ...(facts.voice && { voice: true }) } }),
  };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The beginning of a text: at most QUOTE_MAX UTF-16 units, never a part of what is read as one character. */
export function excerpt(text: string): string {
  if (text.length <= QUOTE_MAX) return text;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, 2 * QUOTE_MAX))) {
    if (index + segment.length > QUOTE_MAX) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
