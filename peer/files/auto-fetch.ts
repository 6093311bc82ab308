/** Which files come without being asked for. Pure. */
import type { FileFacts } from '../../protocol/file-facts.js';
import { fileKind } from '../../protocol/file-types.js';
import type { FilePreferences } from '../../protocol/local-api.js';

const DAY_MS = 24 * 3600_000;
/** Older ones are fetched when somebody looks at them: a newcomer would get all pictures of years at once. */
export const AUTO_FETCH_MS = 30 * DAY_MS;

export interface AutoFetchCase {
  readonly facts: Pick<FileFacts, 'mime' | 'size' | 'voice'>;
  /** Milliseconds since 1970: when it was written, and now. */
  readonly time: number;
  readonly now: number;
  /** Who wrote it. */
  readonly author: { readonly own: boolean; readonly friend: boolean; readonly blocked: boolean };
  /** What was chosen for the conversation; undefined for what the preferences say. */
  readonly conversation: 'all' | 'none' | undefined;
  readonly preferences: Pick<FilePreferences, 'auto' | 'autoKinds' | 'autoMax'>;
}

/** Whether it is fetched at once. Whether there is room for it is another question. */
export function comesByItself({ facts, time, now, author, conversation, preferences }: AutoFetchCase): boolean {
  if (author.blocked || conversation === 'none' || now - time > AUTO_FETCH_MS) return false;
  if (conversation === 'all') return true;
  const { auto, autoKinds, autoMax } = preferences;
  // What the user gave elsewhere, on another device, is as of a friend.
  const isWanted = auto === 'all' || (auto === 'friends' && (author.friend || author.own));
  return isWanted && facts.size <= autoMax && (autoKinds === 'all' || isLookedAt(facts));
}

/** What is shown, or heard, in the conversation itself. */
function isLookedAt({ mime, voice }: AutoFetchCase['facts']): boolean {
  const kind = fileKind(mime);
  return kind === 'image' || (kind === 'audio' && voice === true);
}
