import type { EmojiRow } from './emoji-set.js';

/** All emoji with English names, the rows of each group. Filled by ui/emoji-data.ts when the UI is built; unbuilt there are none. */
export const rows: readonly (readonly EmojiRow[])[] = [];
