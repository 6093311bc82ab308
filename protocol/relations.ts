/**
 * What later entries say about an earlier one (SPEC.md section 5, relations): edits, deletions, reactions, pins, replies. The
 * fold depends only on the set of these entries, not on their order of arrival, so that all who have them see the same.
 */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { isEmoji } from './text.js';
import { isMessage } from './entry-kinds.js';
import { compareEntries, type EntryData } from './entry.js';
import { parseEntryId, parseUsername, sameUser, userKey, type DeviceId, type EntryId, type Username } from './ids.js';
import { ENTRY_ID_LENGTH, MENTIONS_MAX, REACTIONS_MAX, USERNAME_PATTERN } from './limits.js';

const Target = Type.String({ pattern: `^[A-Za-z0-9_-]{${ENTRY_ID_LENGTH}}$` });
const Remove = Type.Optional(Type.Boolean());

/** The `data` of each kind. Members that are not named here are ignored. */
export const relationData = {
  edit: Type.Object({
    target: Target,
    mentions: Type.Optional(Type.Array(Type.String({ pattern: USERNAME_PATTERN }), { maxItems: MENTIONS_MAX })),
  }),
  delete: Type.Object({ target: Target }),
  reaction: Type.Object({ target: Target, emoji: Type.String(), remove: Remove }),
  pin: Type.Object({ target: Target, remove: Remove }),
} as const;

export type RelationKind = keyof typeof relationData;

const schemas = {
  edit: Compile(relationData.edit),
  delete: Compile(relationData.delete),
  reaction: Compile(relationData.reaction),
  pin: Compile(relationData.pin),
};

/** What an entry says of another one. */
export interface Relation {
  readonly kind: RelationKind;
  readonly target: EntryId;
  /** Of a reaction; empty for the others. */
  readonly emoji: string;
  readonly remove: boolean;
}

interface Said {
  readonly kind: string;
  readonly message: string;
  readonly data: EntryData;
}

const kinds: ReadonlySet<string> = new Set(Object.keys(relationData));

export function isRelationKind(kind: string): kind is RelationKind {
  return kinds.has(kind);
}

/** Undefined for other kinds and for invalid data: such an entry has no effect. */
export function relationOf({ kind, message, data }: Said): Relation | undefined {
  if (!isRelationKind(kind) || !schemas[kind].Check(data)) return undefined;
  const { target, emoji = '', remove = false } = data as { target: EntryId; emoji?: string; remove?: boolean };
  if (kind === 'edit' && !/\S/.test(message)) return undefined;
  if (kind === 'reaction') return isEmoji(emoji) ? { kind, target, emoji, remove } : undefined;
  return { kind, target, emoji: '', remove: kind === 'pin' && remove };
}

/** The entry that a message answers, of the same conversation. */
export function replyTarget({ kind, data }: Pick<Said, 'kind' | 'data'>): EntryId | undefined {
  const id = data['reply_to'];
  return typeof id === 'string' && isMessage({ kind }) ? parseEntryId(id) : undefined;
}

/** Whom it calls besides those whom it names: all of a channel, or those of it who are there. */
export function callOf({ data }: Pick<Said, 'data'>): 'all' | 'here' | undefined {
  const { call } = data;
  return call === 'all' || call === 'here' ? call : undefined;
}

/** Whether it counts as meant for a user. */
export function callsUser(said: Pick<Said, 'data'>, user: Username): boolean {
  return callOf(said) !== undefined || mentions(said, user);
}

/** Whether a message names a user. */
export function mentions({ data }: Pick<Said, 'data'>, user: Username): boolean {
  const names = data['mentions'];
  return (
    Array.isArray(names) &&
    names.some((name: unknown) => typeof name === 'string' && parseUsername(name) && sameUser(name as Username, user))
  );
}

/** A relation with its author and its place in the order of all entries. */
export interface RelationFact extends Omit<Relation, 'target'> {
  readonly from: Username;
  readonly time: string;
  readonly device: DeviceId;
  readonly seq: number;
}

export interface Reaction {
  readonly emoji: string;
  /** In the order in which they did. */
  readonly users: Username[];
}

export interface Folded<Fact extends RelationFact> {
  readonly deleted: boolean;
  readonly edit: Fact | undefined;
  /** In the order of their first use that still stands; at most REACTIONS_MAX. */
  readonly reactions: readonly Reaction[];
  readonly pinned: Fact | undefined;
}

/** Whether a relation of this kind, by this user, can mean anything to that entry. */
export function mayRelate(target: { kind: string; from: Username }, kind: RelationKind, from: Username): boolean {
  const isOwn = kind === 'edit' || kind === 'delete';
  return isMessage(target) && (!isOwn || sameUser(from, target.from));
}

/** @param facts relations to this target that stand in its conversation, in any order */
export function foldRelations<Fact extends RelationFact>(
  target: { readonly kind: string; readonly from: Username },
  facts: Iterable<Fact>,
): Folded<Fact> {
  let deleted = false;
  let edit: Fact | undefined;
  let pin: Fact | undefined;
  const reactions = new Map<string, Fact>();
  for (const fact of facts) {
    const { kind, from, emoji } = fact;
    if (!mayRelate(target, kind, from)) continue;
    if (kind === 'delete') deleted = true;
    else if (kind === 'edit') edit = later(edit, fact);
    else if (kind === 'pin') pin = later(pin, fact);
    else reactions.set(`${userKey(from)} ${emoji}`, later(reactions.get(`${userKey(from)} ${emoji}`), fact));
  }
  if (deleted) return { deleted, edit: undefined, reactions: [], pinned: undefined };
  return { deleted, edit, reactions: standing(reactions.values()), pinned: pin?.remove === false ? pin : undefined };
}

function later<Fact extends RelationFact>(known: Fact | undefined, fact: Fact): Fact {
  return known && compareEntries(known, fact) > 0 ? known : fact;
}

function standing(facts: Iterable<RelationFact>): Reaction[] {
  const byEmoji = new Map<string, Reaction>();
  for (const { emoji, from } of [...facts].filter(({ remove }) => !remove).sort(compareEntries)) {
    const reaction = byEmoji.get(emoji);
    if (reaction) reaction.users.push(from);
    else if (byEmoji.size < REACTIONS_MAX) byEmoji.set(emoji, { emoji, users: [from] });
  }
  return [...byEmoji.values()];
}
