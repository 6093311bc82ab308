/** Writing directions: of a language, and of names within its sentences. */

/** The writing direction of a language. Every element takes it from <html>. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return /^(?:ar|fa|he|ur)\b/i.test(locale) ? 'rtl' : 'ltr';
}

const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/**
 * A name or a text within a sentence of the other direction must neither turn the sentence nor be turned by it: it stands
 * between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. Where nothing can turn, nothing is added.
 */
export function isolate(text: string, sentence: 'ltr' | 'rtl'): string {
  return text !== '' && (sentence === 'rtl' || RTL_LETTER.test(text)) ? `\u2068${text}\u2069` : text;
}

/** In a sentence from right to left, `#` and `@` would move to the other side of the name that they belong to. */
export function holdNames(sentence: string): string {
  return sentence.replace(/[#@](?:\{\{\w+\}\}|[a-z]+)/g, '\u2066$&\u2069');
}

/** Of a text, by its first letter, as browsers say it of `dir="auto"`; undefined where it has none. */
export function directionOfText(text: string): 'ltr' | 'rtl' | undefined {
  const [first] = /\p{L}/u.exec(text) ?? [];
  return first === undefined ? undefined : RTL_LETTER.test(first) ? 'rtl' : 'ltr';
}
