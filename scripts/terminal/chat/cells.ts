/** How wide a text is on a terminal, and what of it fits: counted in cells, in whole characters as people see them. */
import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ASCII = /^[\x20-\x7e]*$/;
const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/** Cells; of a text without controls. */
export function cells(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

export function characters(text: string): string[] {
  return ASCII.test(text) ? text.split('') : Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** As much as fits; with `…` for what does not. */
export function fitted(text: string, width: number): string {
  if (cells(text) <= width) return text;
  return width < 1 ? '' : `${beginning(text, width - 1)}…`;
}

/** As much as fits. */
export function beginning(text: string, width: number): string {
  let [kept, used] = ['', 0];
  for (const character of characters(text)) {
    used += cells(character);
    if (used > width) break;
    kept += character;
  }
  return kept;
}

/** Filled up with blanks to so many cells. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** Lines of at most so many cells: broken at line ends, at blanks where there are some, else between characters. */
export function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrappedLine(line, Math.max(1, width)));
}

function wrappedLine(line: string, width: number): string[] {
  if (cells(line) <= width) return [line];
  const lines: string[] = [];
  let [now, used] = ['', 0];
  for (const word of line.split(/(?<= )/)) {
    const wide = cells(word.trimEnd());
    if (used > 0 && used + wide > width) {
      lines.push(now.trimEnd());
      [now, used] = ['', 0];
    }
    if (wide <= width) {
      now += word;
      used += cells(word);
      continue;
    }
    for (const character of characters(word)) {
      const more = cells(character);
      if (used > 0 && used + more > width) {
        lines.push(now);
        [now, used] = ['', 0];
      }
      now += character;
      used += more;
    }
  }
  lines.push(now.trimEnd());
  return lines;
}

/**
 * A text that does not turn its neighbours, nor is turned by them, on a terminal that orders from right to left itself: between FIRST
 * STRONG ISOLATE and POP DIRECTIONAL ISOLATE, which take no cell. Where nothing can turn, nothing is added.
 */
export function isolated(text: string): string {
  return RTL_LETTER.test(text) ? `\u2068${text}\u2069` : text;
}
