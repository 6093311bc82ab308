/**
 * Which strings can be kept (SPEC.md section 5). SQLite's binding ends a text at a NUL, and half a surrogate pair has no
 * UTF-8: either would come back as another text, under another hash, and look like a disk that has spoilt it.
 */

/** Nesting of an entry's `data`; canonical JSON is recursive, and nothing that we know of needs more. */
export const DATA_DEPTH_MAX = 8;

/** Whether storage gives a text back as it was: whole characters, and no NUL. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The text without NUL, halves of characters replaced. */
export function toStorable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/**
 * Whether a JSON value can become canonical JSON and be copied about: shallow, finite numbers, whole text, no `__proto__` key.
 * A NUL is no harm here: JSON escapes it.
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
