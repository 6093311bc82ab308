/** The terminal itself: its keys, its size, and what is written on it. It is left as it was found, however the chat ends. */
import type { ReadStream, WriteStream } from 'node:tty';
import ansiEscapes from 'ansi-escapes';
import { ParleyError } from '../../../protocol/errors.js';
import { Keyboard } from './keyboard.js';
import type { Key } from './model.js';
import { Painter } from './paint.js';
import type { Frame } from './view.js';

const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';
/** A terminal that takes a character for wider than it is counted here cuts the row, and does not go on in the next one. */
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
const MOUSE_ON = '\u001b[?1000h\u001b[?1006h';
const MOUSE_OFF = '\u001b[?1006l\u001b[?1000l';

export interface ScreenHandlers {
  readonly key: (key: Key) => void;
  readonly resized: (columns: number, rows: number) => void;
}

export class Screen {
  private readonly painter: Painter;
  private waiting: Frame | undefined;
  private drawing = false;
  private readonly undo: (() => void)[] = [];

  constructor(
    private readonly input: ReadStream,
    private readonly output: WriteStream,
    private readonly mouse: boolean,
    env: NodeJS.ProcessEnv,
  ) {
    // It heeds NO_COLOR, TERM and COLORTERM.
    this.painter = new Painter(output.getColorDepth(env) > 1, env['TERM'] !== 'linux');
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.output.columns, rows: this.output.rows };
  }

  open({ key, resized }: ScreenHandlers): void {
    const { input, output } = this;
    const keyboard = new Keyboard(key);
    const data = (bytes: Buffer): void => keyboard.feed(bytes);
    const resize = (): void => {
      this.painter.forget();
      resized(output.columns, output.rows);
    };
    const restore = (): void => this.close();
    input.setRawMode(true);
    input.on('data', data);
    output.on('resize', resize);
    process.once('exit', restore);
    this.undo.push(() => {
      input.off('data', data);
      output.off('resize', resize);
      process.off('exit', restore);
      input.setRawMode(false);
      input.pause();
    });
    output.write(ansiEscapes.enterAlternativeScreen + WRAP_OFF + PASTE_ON + (this.mouse ? MOUSE_ON : ''));
  }

  /** Draws it, or what comes after it where the terminal is slow. */
  draw(frame: Frame): void {
    this.waiting = frame;
    if (this.drawing) return;
    this.drawing = true;
    setImmediate(() => this.flush());
  }

  forget(): void {
    this.painter.forget();
  }

  close(): void {
    const { undo } = this;
    if (undo.length === 0) return;
    for (const back of undo.splice(0)) back();
    this.waiting = undefined;
    const off = WRAP_ON + PASTE_OFF + (this.mouse ? MOUSE_OFF : '');
    this.output.write(`${off}\u001b[0m${ansiEscapes.cursorShow}${ansiEscapes.exitAlternativeScreen}`);
  }

  private flush(): void {
    this.drawing = false;
    const frame = this.waiting;
    this.waiting = undefined;
    if (!frame || this.undo.length === 0) return;
    if (this.output.write(this.painter.paint(frame))) return;
    this.drawing = true;
    this.output.once('drain', () => this.flush());
  }
}

/** @throws ParleyError bad_request where no screen can be drawn, with what to do */
export function checkTerminal(input: { isTTY?: boolean }, output: { isTTY?: boolean }, term: string | undefined): void {
  const instead = 'Use parley tail and parley send, or the browser.';
  if (!input.isTTY || !output.isTTY)
    throw new ParleyError('bad_request', `parley chat needs a terminal: stdin or stdout is none. ${instead}`);
  if (term === undefined || term === '' || term === 'dumb')
    throw new ParleyError('bad_request', `This terminal (TERM=${term ?? ''}) cannot draw a screen. ${instead}`);
}
