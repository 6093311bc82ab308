/** Kinds of log entries (SPEC.md section 5). A kind unknown to this version is kept, relayed, and not shown. */
import { PRUNED_KIND } from './pruned.js';

export const ENTRY_KINDS = [
  'text',
  'file',
  'edit',
  'delete',
  'reaction',
  'pin',
  'topic',
  'profile',
  'join',
  'leave',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Kinds without a row in a timeline: they change how another entry or a person is shown. */
export const HIDDEN_KINDS = ['edit', 'delete', 'reaction', 'profile'] as const satisfies readonly EntryKind[];

const hidden: ReadonlySet<string> = new Set([...HIDDEN_KINDS, PRUNED_KIND]);

/** Whether entries of this kind are rows of a timeline. Unknown kinds are. */
export function isRow({ kind }: { readonly kind: string }): boolean {
  return !hidden.has(kind);
}

/** Messages of people: they count as unread, and can be reacted to, pinned and deleted. */
export function isMessage({ kind }: { readonly kind: string }): boolean {
  return kind === 'text' || kind === 'file';
}
