/** What others wrote, as a terminal may be given it: nothing in it moves the cursor, changes a mode or answers for the user. */
import { drawn } from '../../protocol/visible.js';

const ESCAPE = 0x1b;
/** Controls of both sets: U+009B begins a sequence as ESC [ does. */
const CONTROLS = /(?!\n)\p{Cc}/gu;
const LINE_ENDS = /\r\n|[\r\u0085\u2028\u2029]/g;
/** In JSON, `stringify` leaves these as they are: DEL and the second set of controls, line ends, and what turns the direction. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** With its line ends, which are all `\n`. A tab becomes blanks; other controls become their signs (`␛`), so that one sees that they are there. */
export function safeText(text: string): string {
  return drawn(text.replaceAll(LINE_ENDS, '\n').replaceAll('\t', '    ')).replaceAll(CONTROLS, sign);
}

/** The same on one line. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll('\n', ' ');
}

/** One line of JSON that can be printed on a terminal, too; it means the same. */
export function safeJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Control Pictures of Unicode. */
function sign(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : String.fromCharCode(0x2400 + ESCAPE);
}
