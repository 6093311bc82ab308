/** What of the messages that come is worth a notification: the one place that says so, for all windows of a user. Pure. */
import type { Entry } from './entry.js';
import { isMessage } from './entry-kinds.js';
import { fold, piecesOf } from './folding.js';
import { sameUser, type Username } from './ids.js';
import type { Notify, NotifyRules } from './local-notify.js';
import { withoutCode } from './mentions.js';
import { isQuietHour } from './quiet-hours.js';
import { callOf, mentions } from './relations.js';
import { msOf } from './time.js';

/** Older ones come when history is fetched, as after joining a channel: they are no news. */
const NEWS_MS = 24 * 3600_000;

/** How the user stands when a message comes. */
export interface Situation {
  readonly self: Username;
  readonly rules: NotifyRules;
  /** The rule of this conversation alone. */
  readonly rule: Notify | undefined;
  /** Online, and neither away nor busy. */
  readonly present: boolean;
  /** Nothing is to be told: they are busy, or asked for quiet. */
  readonly quiet: boolean;
  /** Who wrote is muted or blocked. */
  readonly silent: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function isAlert(
  entry: Pick<Entry, 'kind' | 'from' | 'conversation' | 'message' | 'data' | 'time'>,
  { self, rules, rule, present, quiet, silent, now }: Situation,
): boolean {
  if (!isMessage(entry) || sameUser(entry.from, self) || silent || quiet) return false;
  if (now - msOf(entry.time) >= NEWS_MS) return false;
  if (rules.quietHours && isQuietHour(rules.quietHours, now)) return false;
  const wanted = rule ?? (entry.conversation.startsWith('#') ? rules.channels : 'all');
  if (wanted !== 'mentions') return wanted === 'all';
  const call = callOf(entry);
  const called = rules.calls && (call === 'all' || (call === 'here' && present));
  return called || mentions(entry, self) || holdsKeyword(entry.message, rules.keywords);
}

/**
 * As a word or words of the text, outside of code, however they are accented and in whatever case. An emoji is a word, whatever its
 * skin; of a script without blanks any part of a run is one, as in search.
 */
export function holdsKeyword(message: string, keywords: readonly string[]): boolean {
  if (keywords.length === 0) return false;
  const text = words(withoutCode(message));
  return keywords.some((keyword) => {
    const wanted = words(keyword);
    return wanted !== ' ' && text.includes(wanted);
  });
}

/** Each word, emoji and character of a run between blanks. */
function words(text: string): string {
  let found = ' ';
  for (const { text: piece, run } of piecesOf(fold(text))) found += `${run ? Array.from(piece).join(' ') : piece} `;
  return found;
}
