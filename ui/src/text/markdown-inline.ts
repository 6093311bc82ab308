/** The tokens of a line as pieces to draw. */
import type { MarkedToken, Token } from 'marked';
import { linkify } from './linkify.js';
import { hostToTell, safeHref, withoutDirections } from './markdown-links.js';
import type { Inline } from './markdown-tree.js';

/** `linked`: within a link, where there is no other one. */
export function inlines(tokens: readonly Token[], linked = false): readonly Inline[] {
  return joined(
    (tokens as readonly MarkedToken[]).flatMap((token) => piece(token, linked)),
    linked,
  );
}

/** Text that is not to be read as Markdown: addresses, people and channels in it are found all the same. */
export function plainInlines(text: string): readonly Inline[] {
  return linkify(text).flatMap((found): readonly Inline[] =>
    found.kind === 'text' ? named(found.text) : [link(found.href, found.text, [{ kind: 'text', text: found.text }])],
  );
}

function piece(token: MarkedToken, linked: boolean): Inline | readonly Inline[] {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return { kind: token.type, children: inlines(token.tokens, linked) };
    case 'codespan':
      return { kind: 'code', text: token.text };
    case 'br':
      return { kind: 'break' };
    case 'escape':
      return { kind: 'text', text: token.text };
    case 'link':
      return linkOf(token.href, token.text, token.raw, linked ? undefined : inlines(token.tokens, true));
    case 'image':
      return linkOf(token.href, token.text, token.raw, linked ? undefined : [{ kind: 'text', text: token.text }]);
    case 'text':
      return token.tokens ? inlines(token.tokens, linked) : { kind: 'text', text: token.text };
    default:
      return { kind: 'text', text: token.raw };
  }
}

/** What must not be followed stays as it was typed. */
function linkOf(href: string, label: string, raw: string, children: readonly Inline[] | undefined): Inline {
  const safe = safeHref(href);
  if (safe === undefined || children === undefined) return { kind: 'text', text: raw };
  return label.trim() === ''
    ? link(safe, safe, [{ kind: 'text', text: safe }])
    : link(safe, textOf(children), children);
}

function link(href: string, label: string, children: readonly Inline[]): Inline {
  const safe = safeHref(href) ?? href;
  const host = hostToTell(label, safe);
  return { kind: 'link', href: safe, children: children.map(straightened), ...(host !== undefined && { host }) };
}

function straightened(child: Inline): Inline {
  if (child.kind === 'text' || child.kind === 'code') return { ...child, text: withoutDirections(child.text) };
  return 'children' in child ? { ...child, children: child.children.map(straightened) } : child;
}

export function textOf(pieces: readonly Inline[]): string {
  return pieces.map(pieceText).join('');
}

function pieceText(piece: Inline): string {
  switch (piece.kind) {
    case 'text':
    case 'code':
      return piece.text;
    case 'break':
      return '\n';
    case 'mention':
      return `@${piece.name}`;
    case 'channel':
      return `#${piece.name}`;
    default:
      return textOf(piece.children);
  }
}

/** Neighbouring texts are one, and only then names are looked for: `@some_body` comes in pieces. */
function joined(pieces: readonly Inline[], linked: boolean): readonly Inline[] {
  const all: Inline[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') all.push(...(linked ? [{ kind: 'text', text } as const] : named(text)));
    text = '';
  };
  for (const one of pieces) {
    if (one.kind === 'text') text += one.text;
    else {
      flush();
      all.push(one);
    }
  }
  flush();
  return all;
}

/** A name starts where no word does not end; what names look like is said in protocol/limits.ts. */
const name = /(?<![\p{L}\p{N}_@#&/.-])(?:@([A-Za-z0-9_-]{1,32})|#([a-z0-9_-]{1,32}))(?![\p{L}\p{N}_-])/gu;

function named(text: string): readonly Inline[] {
  if (!text.includes('@') && !text.includes('#')) return [{ kind: 'text', text }];
  const pieces: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(name)) {
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    const [whole, person, channel] = match;
    if (person !== undefined) pieces.push({ kind: 'mention', name: person });
    else if (channel !== undefined) pieces.push({ kind: 'channel', name: channel });
    end = match.index + whole.length;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}
