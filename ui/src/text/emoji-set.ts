/** The emoji that can be picked, with the names by which they are found. */
import { fold } from '../../../protocol/folding.js';

/** The emoji, its English name, keywords and shortcodes (each separated by spaces), and whether it has skin tones. */
export type EmojiRow = readonly [emoji: string, label: string, tags: string, codes: string, toned: 0 | 1];
/** Name and keywords in another language, in the order of all rows. */
export type EmojiNames = readonly (readonly [label: string, tags: string])[];

export interface Emoji {
  readonly emoji: string;
  /** In the language of the window. */
  readonly label: string;
  /** Without colons; the first is the usual one. */
  readonly codes: readonly string[];
  readonly toned: boolean;
  /** What a search looks at, folded: name, shortcodes and keywords in both languages, each surrounded by spaces. */
  readonly words: string;
}

export interface EmojiSet {
  /** In the order of `EMOJI_GROUPS`. */
  readonly groups: readonly (readonly Emoji[])[];
  readonly all: readonly Emoji[];
  readonly byCode: ReadonlyMap<string, Emoji>;
  readonly byEmoji: ReadonlyMap<string, Emoji>;
}

export const EMOJI_GROUPS = [
  'smileys',
  'people',
  'nature',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;
export type EmojiGroup = (typeof EMOJI_GROUPS)[number];

export function emojiSetOf(rows: readonly (readonly EmojiRow[])[], names: EmojiNames = []): EmojiSet {
  let index = 0;
  const groups = rows.map((group) => group.map((row) => emojiOf(row, names[index++])));
  const all = groups.flat();
  return {
    groups,
    all,
    byCode: new Map(all.flatMap((emoji) => emoji.codes.map((code) => [code, emoji] as const))),
    byEmoji: new Map(all.map((emoji) => [emoji.emoji, emoji])),
  };
}

function emojiOf([emoji, label, tags, codes, toned]: EmojiRow, own: EmojiNames[number] | undefined): Emoji {
  const [ownLabel, ownTags] = own ?? ['', ''];
  const words = fold(` ${ownLabel} ${label} ${codes} ${ownTags} ${tags} `.replace(/[_\s]+/g, ' '));
  return { emoji, label: ownLabel || label, codes: codes.split(' ').filter(Boolean), toned: toned === 1, words };
}
