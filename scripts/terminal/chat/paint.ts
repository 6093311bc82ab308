/** A screen as bytes for a terminal: only the rows that differ from the last one, in as many colours as there are. Pure. */
import ansiEscapes from 'ansi-escapes';
import type { Span } from './layout.js';
import type { Frame, Piece } from './view.js';

const RESET = '\u001b[0m';
/** Colours of the terminal's own palette: they fit its background. */
const TINTS = [31, 32, 33, 34, 35, 36];

/** SGR parameters. Without colours, what is meant is told by bold, dim and reverse alone. */
function sgr({ style, tint = 0 }: Span, colours: boolean): string {
  switch (style) {
    case 'plain':
      return '';
    case 'dim':
      return '2';
    case 'bold':
      return '1';
    case 'name':
      return colours ? `1;${TINTS[tint % TINTS.length] ?? 36}` : '1';
    case 'own':
      return '1';
    case 'unread':
      return colours ? '1;31' : '1';
    case 'warn':
      return colours ? '1;33' : '1';
    case 'chosen':
    case 'bar':
      return '7';
  }
}

export class Painter {
  private shown: readonly string[] = [];

  constructor(
    private readonly colours: boolean,
    /** Whether it has signs for what isolates directions; the Linux console draws them as boxes. */
    private readonly isolates = true,
  ) {}

  /** Everything is drawn the next time. */
  forget(): void {
    this.shown = [];
  }

  paint({ rows, cursor }: Frame): string {
    const drawn = rows.map((pieces) => pieces.map((piece) => this.piece(piece)).join(''));
    let text = ansiEscapes.cursorHide;
    if (this.shown.length === 0) text += RESET + ansiEscapes.clearViewport;
    for (const [row, line] of drawn.entries()) {
      if (line === this.shown[row]) continue;
      text += ansiEscapes.cursorTo(0, row) + ansiEscapes.eraseLine + line;
    }
    for (let row = drawn.length; row < this.shown.length; row++)
      text += ansiEscapes.cursorTo(0, row) + ansiEscapes.eraseLine;
    this.shown = drawn;
    if (cursor) text += ansiEscapes.cursorTo(cursor.column, cursor.row) + ansiEscapes.cursorShow;
    return text;
  }

  private piece({ column, spans }: Piece): string {
    const texts = spans.map((span) => {
      const style = sgr(span, this.colours);
      const text = this.isolates ? span.text : span.text.replaceAll(/[\u2066-\u2069]/g, '');
      return style === '' ? text : `\u001b[${style}m${text}${RESET}`;
    });
    // Where a piece begins does not rest on how wide the terminal thinks that the one before is.
    return (column === 0 ? '' : `\u001b[${column + 1}G`) + texts.join('');
  }
}
