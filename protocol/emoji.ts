/** What counts as one emoji (SPEC.md section 5, relations). By its grammar alone, so that all versions judge the same. */
const EMOJI_MAX = 64;

const tone = String.raw`\p{Emoji_Modifier}`;
const pictograph = String.raw`\p{Extended_Pictographic}[\uFE0E\uFE0F]?${tone}?(?:[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const emoji = new RegExp(
  String.raw`^(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${pictograph}(?:\u200D${pictograph})*)$`,
  'u',
);

/** One emoji: a pictograph, a flag, a keycap, or pictographs that are joined into one. At most 64 UTF-16 units. */
export function isEmoji(text: string): boolean {
  return text.length <= EMOJI_MAX && emoji.test(text);
}
