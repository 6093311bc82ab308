/** Messages are drawn again and again while one scrolls; each is read once, as long as there is room. */
import { parseMarkdown } from './markdown.js';
import type { Markdown } from './markdown-tree.js';

/** Trees kept, and the length of all their texts, in code units. */
const ENTRIES = 2_000;
const LENGTH = 1_000_000;

/** The least recently used go first. */
export class MarkdownCache {
  readonly #known = new Map<string, Markdown>();
  #length = 0;

  constructor(
    private readonly parse: (text: string) => Markdown = parseMarkdown,
    private readonly limits = { entries: ENTRIES, length: LENGTH },
  ) {}

  read(text: string): Markdown {
    const known = this.#known.get(text);
    if (known) {
      this.#known.delete(text);
      this.#known.set(text, known);
      return known;
    }
    const parsed = this.parse(text);
    this.#known.set(text, parsed);
    this.#length += text.length;
    this.#trim();
    return parsed;
  }

  #trim(): void {
    for (const text of this.#known.keys()) {
      if (this.#known.size <= this.limits.entries && this.#length <= this.limits.length) return;
      this.#known.delete(text);
      this.#length -= text.length;
    }
  }
}

/** That of the page: nobody can tell but by the time it takes. */
export const markdownCache = new MarkdownCache();
