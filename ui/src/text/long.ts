/** Which messages are folded at first. Guessed from the text, so that nothing moves once it is drawn. */

/** Characters that fit a line, roughly, and lines that are shown of a folded message; a few more are not worth it. */
const LINE = { wide: 95, narrow: 42 } as const;
const LINES_MAX = 30;
/** A code block folds by itself, to about this many lines. */
const CODE_LINES = 22;

export function isLong(text: string, narrow: boolean): boolean {
  const width = narrow ? LINE.narrow : LINE.wide;
  let lines = 0;
  let code = -1;
  for (const line of text.split('\n')) {
    if (/^\s{0,3}(```|~~~)/.test(line)) {
      // An empty block has a height too.
      lines += 1;
      code = code < 0 ? 0 : -1;
    } else if (code >= 0) lines += ++code <= CODE_LINES ? 1 : 0;
    else lines += Math.max(1, Math.ceil(line.length / width));
    if (lines > LINES_MAX) return true;
  }
  return false;
}
