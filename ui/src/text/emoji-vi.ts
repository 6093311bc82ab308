import type { EmojiNames } from './emoji-set.js';

/** The Vietnamese names of all emoji, in the same order. Filled by ui/emoji-data.ts when the UI is built. */
export const names: EmojiNames = [];
