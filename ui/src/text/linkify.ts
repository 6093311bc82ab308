/** Finds web addresses in a message. The rest stays text; nothing is ever taken as HTML. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const address = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const trailing = /[.,;:!?…]+$/u;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The pieces, joined, are the message again. Only http and https become links. */
export function linkify(message: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of message.matchAll(address)) {
    const text = trimAddress(match[0]);
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) continue;
    if (match.index > end) pieces.push({ kind: 'text', text: message.slice(end, match.index) });
    pieces.push({ kind: 'link', text, href: text });
    end = match.index + text.length;
  }
  if (end < message.length) pieces.push({ kind: 'text', text: message.slice(end) });
  return pieces;
}

/** Punctuation that ends the sentence, or closes a bracket opened before the address, is no part of it. */
function trimAddress(text: string): string {
  let rest = text;
  for (;;) {
    const plain = rest.replace(trailing, '');
    const last = plain.at(-1) ?? '';
    const opener = closing[last];
    const unbalanced = opener !== undefined && count(plain, last) > count(plain, opener);
    if (!unbalanced) return plain;
    rest = plain.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
