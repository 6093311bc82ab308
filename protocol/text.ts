/**
 * Which strings can be stored (SPEC.md section 5). SQLite's binding cuts a text at a NUL, and half a surrogate pair has no
 * UTF-8. Both would be read back as another text with another hash, which would look like a corrupt disk.
 */

/** Levels of an entry's `data`. Canonical JSON is recursive, so it needs a limit; no known use needs more. */
export const DATA_DEPTH_MAX = 8;

/** Whether storage gives the text back unchanged: well-formed, and without NUL. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The text without NUL, and with half surrogate pairs replaced. */
export function toStorable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/**
 * Whether a JSON value has a canonical form and can be copied safely: not too deep, finite numbers, well-formed text, no
 * `__proto__` key. A NUL is allowed, since JSON escapes it.
 */
export function isPlainData(value: unknown, depth: number = DATA_DEPTH_MAX): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlainData(item, depth - 1));
  return Object.entries(value).every(
    ([key, item]) => key !== '__proto__' && key.isWellFormed() && isPlainData(item, depth - 1),
  );
}

/** Whether every string within a JSON value, names of members too, is storable. Deeper than `depth` counts as not. */
export function holdsStorableText(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => holdsStorableText(item, depth - 1));
  return Object.entries(value).every(([key, item]) => isStorable(key) && holdsStorableText(item, depth - 1));
}

const EMOJI_MAX = 64;

const tone = String.raw`\p{Emoji_Modifier}`;
const pictograph = String.raw`\p{Extended_Pictographic}[\uFE0E\uFE0F]?${tone}?(?:[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const emoji = new RegExp(
  String.raw`^(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${pictograph}(?:\u200D${pictograph})*)$`,
  'u',
);

/**
 * One emoji (SPEC.md section 5, relations): a pictograph, a flag, a keycap, or pictographs joined into one. At most 64 UTF-16
 * units. Only the grammar counts, not a list of emoji, so that all versions decide alike.
 */
export function isEmoji(text: string): boolean {
  return text.length <= EMOJI_MAX && emoji.test(text);
}
