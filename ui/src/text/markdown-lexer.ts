/** The Markdown of messages as tokens: marked's lexer, with what a chat does not want left out and with bounded work. */
import { Lexer, Tokenizer } from 'marked';
import type { MarkedToken, Tokens } from 'marked';
import { addressAt } from './linkify.js';

/**
 * Characters looked at before the lexer gives up: its work is quadratic in hostile input. Counted are searches that found
 * nothing, since one that finds its end is not repeated, and the rest of the text at each block.
 */
const BUDGET = 2_000_000;
/** Deeper than people quote, list or emphasise. */
const DEPTH = 12;

/** Where a line may become something else than text. */
const mark = /[\\<`*~_[\n]|!\[|https?:/gi;

class TooCostly extends Error {}

/** The tokens, or undefined where the text costs too much or is nested too deeply to be read. */
export function lex(text: string): readonly MarkedToken[] | undefined {
  try {
    return new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(text) as MarkedToken[];
  } catch (error) {
    if (error instanceof TooCostly || error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Whatever answers undefined leaves the text to the next rule, and in the end to the one for plain text, so nothing that
 * was written gets lost: HTML, definitions of references, indented lines, and underlined headings stay as they were typed.
 */
class ChatTokenizer extends Tokenizer {
  #spent = 0;
  #depth = 0;

  /** The first rule of each step through blocks. */
  override space(src: string): Tokens.Space | undefined {
    this.#spend(src.length >> 3);
    return super.space(src);
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#within(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.#within(() => super.list(src));
  }

  override emStrong(src: string, maskedSrc: string, prevChar = ''): Tokens.Em | Tokens.Strong | undefined {
    // Those of `a * b` and `snake_case` open nothing, and cost nothing.
    if (!/^[*_]+\S/.test(src) || (src.startsWith('_') && /[\p{L}\p{N}]/u.test(prevChar))) return undefined;
    return this.#searched(src, () => super.emStrong(src, maskedSrc, prevChar), 2);
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    if (!src.startsWith('[') && !src.startsWith('![')) return undefined;
    return this.#searched(src, () => super.link(src));
  }

  /** References are not known here: `[a]` is text, without looking for more. */
  override reflink(): undefined {}

  override codespan(src: string): Tokens.Codespan | undefined {
    return src.startsWith('`') ? this.#searched(src, () => super.codespan(src)) : undefined;
  }

  override code(): undefined {}
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
  override lheading(): undefined {}

  /** One of which rows have more cells than the head would lose them. */
  override table(src: string): Tokens.Table | undefined {
    const queued = this.lexer.inlineQueue.length;
    const token = super.table(src);
    if (!token) return undefined;
    const cells = [token.header, ...token.rows].flat().map((cell) => cell.text);
    if (lettersOf(cells.join('')) === lettersOf(token.raw)) return token;
    // What it set aside to be read would be taken for the paragraph's.
    this.lexer.inlineQueue.length = queued;
    return undefined;
  }

  /** One tilde means "about". */
  override del(src: string, maskedSrc: string, prevChar?: string): Tokens.Del | undefined {
    return src.startsWith('~~') ? this.#searched(src, () => super.del(src, maskedSrc, prevChar)) : undefined;
  }

  /** Without the spaces around it: the next line keeps its indentation. */
  override br(src: string): Tokens.Br | undefined {
    return src.startsWith('\n') ? { type: 'br', raw: '\n' } : undefined;
  }

  override url(src: string): Tokens.Link | undefined {
    return /^http/i.test(src) ? this.#searched(src, () => linkAt(src)) : undefined;
  }

  /** Up to the next character that may mean something. References to characters (`&#65;`) stay as typed. */
  override inlineText(src: string): Tokens.Text {
    mark.lastIndex = Math.max(1, /^[`~*_]*/.exec(src)?.[0].length ?? 0);
    const raw = src.slice(0, mark.exec(src)?.index);
    return { type: 'text', raw, text: raw, escaped: false };
  }

  #searched<Token extends { readonly raw: string }>(
    src: string,
    search: () => Token | undefined,
    weight = 1,
  ): Token | undefined {
    const token = this.#within(search);
    this.#spend(token ? token.raw.length : src.length * weight);
    return token;
  }

  #within<Token>(read: () => Token): Token {
    if (++this.#depth > DEPTH) throw new TooCostly();
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  #spend(characters: number): void {
    this.#spent += characters;
    if (this.#spent > BUDGET) throw new TooCostly();
  }
}

function linkAt(src: string): Tokens.Link | undefined {
  const text = addressAt(src);
  return text ? { type: 'link', raw: text, text, href: text, tokens: [{ type: 'text', raw: text, text }] } : undefined;
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
