/** What a terminal sends, as keys: by Node's own decoder, which knows the sequences of terminals and joins split characters. */
import { PassThrough } from 'node:stream';
import { emitKeypressEvents, type Key as NodeKey } from 'node:readline';
import type { Key } from './model.js';

/** SGR mouse reports (xterm): button, column, row. The decoder does not know them. */
const MOUSE = /\u001b\[<(\d+);\d+;\d+[Mm]/g;
const WHEEL: Readonly<Record<string, string>> = { 64: 'wheelup', 65: 'wheeldown' };
/** Beyond the basic plane too; no control. */
const PRINTABLE = /^[^\p{Cc}]+$/u;

export class Keyboard {
  private readonly input = new PassThrough();
  /** What is pasted between its marks is text, whatever it looks like. */
  private pasted: string | undefined;

  constructor(private readonly pressed: (key: Key) => void) {
    emitKeypressEvents(this.input);
    this.input.on('keypress', (text: string | undefined, key: NodeKey) => this.take(text, key));
    // Keys come by their event; the bytes themselves go nowhere.
    this.input.resume();
  }

  take(
    text: string | undefined,
    { name = '', ctrl = false, meta = false, shift = false, sequence = '' }: NodeKey,
  ): void {
    if (name === 'paste-start') this.pasted = '';
    else if (name === 'paste-end') {
      const pasted = this.pasted ?? '';
      this.pasted = undefined;
      this.pressed({ name: '', text: pasted.replaceAll(/\r\n?/g, '\n'), ctrl: false, alt: false });
    } else if (this.pasted !== undefined) this.pasted += text ?? sequence;
    else {
      const printable = text !== undefined && PRINTABLE.test(text) && !ctrl && !meta ? text : '';
      this.pressed({ name, text: name === 'tab' && shift ? 'back' : printable, ctrl, alt: meta && name !== 'escape' });
    }
  }

  /** Bytes as they came. */
  feed(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    if (!text.includes('\u001b[<')) return void this.input.write(bytes);
    for (const [, button = ''] of text.matchAll(MOUSE)) {
      const name = WHEEL[button];
      if (name !== undefined) this.pressed({ name, text: '', ctrl: false, alt: false });
    }
    this.input.write(Buffer.from(text.replaceAll(MOUSE, ''), 'latin1'));
  }
}
