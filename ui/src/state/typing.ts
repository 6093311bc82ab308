/** Who types where, as far as was heard. Clocks are arguments: ms, all of one clock. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { TYPING_SHOWN_MS } from '../limits.js';
import { sameName } from './entries.js';

export interface Typist {
  readonly username: string;
  /** From then on it is no longer believed. */
  readonly until: number;
}

/** By conversation, in the order in which they began; a conversation where nobody types has no place here. */
export type TypingIn = Readonly<Record<string, readonly Typist[]>>;

export function withTypist(all: TypingIn, conversation: string, username: string, now: number): TypingIn {
  const known = all[conversation] ?? [];
  const typist = { username, until: now + TYPING_SHOWN_MS };
  const again = known.some((other) => sameName(other.username, username));
  const next = again ? known.map((other) => (sameName(other.username, username) ? typist : other)) : [...known, typist];
  return { ...all, [conversation]: next };
}

/** Whoever has just said something has stopped typing it. */
export function withoutAuthors(all: TypingIn, conversation: string, entries: readonly EntryView[]): TypingIn {
  const authors = entries.filter(isMessage);
  return kept(all, conversation, ({ username }) => !authors.some(({ from }) => sameName(from, username)));
}

export function afterExpiry(all: TypingIn, now: number): TypingIn {
  let left = all;
  for (const conversation of Object.keys(all)) left = kept(left, conversation, ({ until }) => until > now);
  return left;
}

/** When the next one is no longer believed; undefined while nobody types. */
export function nextExpiry(all: TypingIn): number | undefined {
  const times = Object.values(all)
    .flat()
    .map(({ until }) => until);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The same object where nothing changes, so that nothing is drawn again. */
function kept(all: TypingIn, conversation: string, stays: (typist: Typist) => boolean): TypingIn {
  const known = all[conversation];
  const left = known?.filter(stays);
  if (!known || !left || left.length === known.length) return all;
  const { [conversation]: _, ...others } = all;
  return left.length === 0 ? others : { ...others, [conversation]: left };
}
