/** Finds web addresses in a message. The rest stays text; nothing is ever taken as HTML. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const address = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const leading = new RegExp(`^(?:${address.source})`, 'iu');
const trailing: ReadonlySet<string> = new Set('.,;:!?…');
const openers: Readonly<Record<string, string | undefined>> = { ')': '(', ']': '[', '}': '{' };
const brackets: Readonly<Record<string, true | undefined>> = { '(': true, '[': true, '{': true };

/** The address that the text starts with, or undefined. */
export function addressAt(text: string): string | undefined {
  const match = leading.exec(text);
  const found = match && trimAddress(match[0]);
  return found && isWeb(found) ? found : undefined;
}

/** The pieces, joined, are the message again. Only http and https become links. */
export function linkify(message: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of message.matchAll(address)) {
    const text = trimAddress(match[0]);
    if (!isWeb(text)) continue;
    if (match.index > end) pieces.push({ kind: 'text', text: message.slice(end, match.index) });
    pieces.push({ kind: 'link', text, href: text });
    end = match.index + text.length;
  }
  if (end < message.length) pieces.push({ kind: 'text', text: message.slice(end) });
  return pieces;
}

function isWeb(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/**
 * Punctuation that ends the sentence, or closes a bracket opened before the address, is no part of it. Walks back once
 * with counts taken beforehand: whoever sends a page of brackets costs a page's time.
 */
function trimAddress(text: string): string {
  const open = new Map<string, number>();
  for (const character of text) {
    if (brackets[character]) open.set(character, (open.get(character) ?? 0) + 1);
    const opener = openers[character];
    if (opener) open.set(opener, (open.get(opener) ?? 0) - 1);
  }
  let end = text.length;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    const opener = openers[last];
    if (opener && (open.get(opener) ?? 0) < 0) open.set(opener, (open.get(opener) ?? 0) + 1);
    else if (!trailing.has(last)) break;
  }
  return text.slice(0, end);
}
