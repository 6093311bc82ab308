/** Text as it is compared: without case and accents, each code unit in the place where it was, so that hits can be marked. */

const folded = new Map<string, string>();

/** "Đà Nẵng" → "da nang". As long as the text, which should be composed (NFC). */
export function fold(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  let result = '';
  for (const character of text) result += foldOne(character);
  return result;
}

function foldOne(character: string): string {
  const known = folded.get(character);
  if (known !== undefined) return known;
  const base = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace('đ', 'd');
  const result = base.length === character.length ? base : character;
  folded.set(character, result);
  return result;
}

/** Whether something that begins at `at` begins a word. */
export function beginsWord(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
}
