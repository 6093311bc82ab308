/** Small questions about one entry. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { EntryView } from '../../../protocol/local-api.js';

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function isFromOther(entry: EntryView, self: string): boolean {
  return !sameName(entry.from, self);
}

const notices: Readonly<Record<string, true>> = { join: true, leave: true, topic: true, pin: true };

/** How a kind is drawn; of kinds that this version does not know nothing is shown. */
export function drawnAs(kind: string): 'message' | 'notice' | 'nothing' {
  if (isMessage({ kind })) return 'message';
  return Object.hasOwn(notices, kind) ? 'notice' : 'nothing';
}
