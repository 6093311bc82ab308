/** `:smile:` in what a person writes becomes the emoji itself; in code it stays as it stands. */

/** The emoji of a shortcode without its colons, in the person's skin tone. */
export type EmojiOf = (code: string) => string | undefined;

/** One or more of them in a row. No letter or digit before: 10:30:45 is a time, and a::b::c a path of names. */
const RUN = /(?<![\p{L}\p{N}_:])(?::[a-z0-9_+-]{1,48}:)+/gu;
const EACH = /:([a-z0-9_+-]{1,48}):/g;

/** Fenced blocks, a last one without its end too, and spans between equal runs of backticks. */
const CODE = /(^|\n)(`{3,}|~{3,})[^\n]*(?:\n[\s\S]*?(?:\n\2|$)|$)|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\3(?!`)/g;

export function withEmoji(text: string, emojiOf: EmojiOf): string {
  let done = '';
  let from = 0;
  for (const code of text.matchAll(CODE)) {
    done += replaced(text.slice(from, code.index), emojiOf) + code[0];
    from = code.index + code[0].length;
  }
  return done + replaced(text.slice(from), emojiOf);
}

/** Whether something in it looks like one. */
export function hasShortcode(text: string): boolean {
  return text.search(RUN) >= 0;
}

/** The shortcode that the character before the caret has just closed. */
export function closedShortcode(
  text: string,
  caret: number,
  emojiOf: EmojiOf,
): { readonly from: number; readonly emoji: string } | undefined {
  if (text[caret - 1] !== ':' || inCode(text, caret)) return undefined;
  const run = [...text.slice(0, caret).matchAll(RUN)].at(-1);
  if (!run || run.index + run[0].length !== caret) return undefined;
  const [whole = '', code = ''] = [...run[0].matchAll(EACH)].at(-1) ?? [];
  const emoji = emojiOf(code);
  return emoji === undefined ? undefined : { from: caret - whole.length, emoji };
}

/** Whether the caret stands in code, also where the code has no end yet. */
export function inCode(text: string, caret: number): boolean {
  const before = text.slice(0, caret);
  const rest = before.replace(CODE, (code, start: string, fence: string | undefined) =>
    fence !== undefined && !closedFence(code, start, fence) ? '\u0000' : '',
  );
  return rest.includes('\u0000') || rest.slice(rest.lastIndexOf('\n') + 1).includes('`');
}

function closedFence(code: string, start: string, fence: string): boolean {
  const body = code.slice(start.length);
  return body.includes('\n') && body.trimEnd().endsWith(`\n${fence}`);
}

function replaced(text: string, emojiOf: EmojiOf): string {
  return text.replace(RUN, (run) => run.replace(EACH, (whole, code: string) => emojiOf(code) ?? whole));
}
