/** Messages are read as Markdown here. Only the lexer is marked's: what is drawn is our own tree, never HTML. */
import type { MarkedToken, Token, Tokens } from 'marked';
import { drawn, isSeen } from '../../../protocol/visible.js';
import { lex } from './markdown-lexer.js';
import { inlines, plainInlines } from './markdown-inline.js';
import { plainText } from './markdown-plain.js';
import type { Block, Inline, ListItem, Markdown } from './markdown-tree.js';

/** More than these of nothing but emoji are drawn as text. */
const EMOJI_LARGE = 8;
const onlyEmoji = new RegExp(String.raw`^\s*(?:\p{RGI_Emoji}\s*){1,${EMOJI_LARGE}}$`, 'v');
/** The longest text worth looking at: families of people are long in code units. */
const EMOJI_LENGTH = 160;

/** Pure; what costs too much to be read as Markdown comes out as one paragraph of text. */
export function parseMarkdown(text: string): Markdown {
  const shown = drawn(text);
  const tokens = lex(shown);
  const read = tokens ? blocks(tokens) : [];
  // A text of marks alone (`#`, `>`, an empty fence) must not become an empty message.
  const seen = read.some(({ kind }) => kind === 'rule') || isSeen(plainText({ blocks: read }));
  const all = seen ? read : plain(shown);
  const mentions = new Set<string>();
  for (const block of all) collect(block, mentions);
  return { blocks: all, emoji: text.length <= EMOJI_LENGTH && onlyEmoji.test(text), mentions };
}

function plain(text: string): readonly Block[] {
  return [{ kind: 'paragraph', children: plainInlines(text) }];
}

function blocks(tokens: readonly Token[]): readonly Block[] {
  return (tokens as readonly MarkedToken[]).flatMap((token) => block(token) ?? []);
}

function block(token: MarkedToken): Block | undefined {
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return undefined;
    case 'heading':
      return { kind: 'heading', level: token.depth, children: inlines(token.tokens) };
    case 'code':
      return code(token);
    case 'blockquote':
      return { kind: 'quote', blocks: blocks(token.tokens) };
    case 'list':
      return list(token);
    case 'hr':
      return { kind: 'rule' };
    case 'table':
      return table(token);
    case 'paragraph':
      return { kind: 'paragraph', children: inlines(token.tokens) };
    case 'text':
      return { kind: 'paragraph', children: inlines(token.tokens ?? [token]) };
    default:
      return { kind: 'paragraph', children: plainInlines(token.raw) };
  }
}

function code({ lang, text }: Tokens.Code): Block {
  const [language] = (lang ?? '').trim().split(/\s+/);
  return { kind: 'code', text, ...(language && { language: language.slice(0, 32).toLowerCase() }) };
}

function list({ ordered, start, items }: Tokens.List): Block {
  return { kind: 'list', items: items.map(item), ...(ordered && { start: start === '' ? 1 : start }) };
}

function item({ task, checked, tokens }: Tokens.ListItem): ListItem {
  return { blocks: blocks(tokens), ...(task && { done: checked === true }) };
}

function table({ align, header, rows }: Tokens.Table): Block {
  const cells = (row: readonly Tokens.TableCell[]): readonly (readonly Inline[])[] =>
    row.map((cell) => inlines(cell.tokens));
  return { kind: 'table', align, rows: [header, ...rows].map(cells) };
}

function collect(block: Block, names: Set<string>): void {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return collectIn(block.children, names);
    case 'quote':
      // Who is named in what somebody else said is not spoken to.
      return;
    case 'list':
      return block.items.forEach((one) => one.blocks.forEach((inner) => collect(inner, names)));
    case 'table':
      return block.rows.forEach((row) => row.forEach((cell) => collectIn(cell, names)));
    default:
  }
}

function collectIn(pieces: readonly Inline[], names: Set<string>): void {
  for (const piece of pieces) {
    if (piece.kind === 'mention') names.add(piece.name.toLowerCase());
    else if ('children' in piece) collectIn(piece.children, names);
  }
}
