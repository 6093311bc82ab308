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
