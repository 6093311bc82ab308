/** Kinds of log entries (SPEC.md section 5). A kind unknown to this version is kept, relayed, and not shown. */
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

/** Kinds that are no row of a timeline: they show in what they are about. */
export const HIDDEN_KINDS = ['edit', 'delete', 'reaction', 'profile'] as const satisfies readonly EntryKind[];

const hidden: ReadonlySet<string> = new Set(HIDDEN_KINDS);

/** Whether entries of a kind are rows of a timeline, unknown kinds among them. */
export function isRow({ kind }: { readonly kind: string }): boolean {
  return !hidden.has(kind);
}

/** What people write to each other: it counts as unread, and can be reacted to, pinned and taken back. */
export function isMessage({ kind }: { readonly kind: string }): boolean {
  return kind === 'text' || kind === 'file';
}
