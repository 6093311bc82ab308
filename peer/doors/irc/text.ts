/** Texts of messages between Parley and IRC: what may stand in a line, how long ones are split, what CTCP and colours become. */
import { cut, LINE_BYTES } from './wire.js';

/** What begins and ends a CTCP message. */
const CTCP = '\x01';
/** mIRC's colours and marks: `\x03` with up to two numbers, `\x04` with hexadecimal ones, and those that stand alone. */
const FORMATTING =
  /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]/g;
/** A text of one message becomes at most so many lines for a client that does not know draft/multiline. */
export const LINES_MAX = 64;
/** Bytes of a line where the text alone is counted: what is left must be worth a line, however long names are. */
const ROOM_MIN = 64;

export type Spoken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly text: string }
  /** Another CTCP message: its name, in upper case. */
  | { readonly kind: 'ctcp'; readonly name: string };

/** What a client wrote, without colours. */
export function spoken(text: string): Spoken {
  if (!text.startsWith(CTCP)) return { kind: 'text', text: plain(text) };
  const inner = text.slice(1).replace(/\x01$/, '');
  const [, name = '', rest = ''] = /^(\S*) ?(.*)$/s.exec(inner) ?? [];
  if (name.toUpperCase() === 'ACTION') return { kind: 'action', text: plain(rest) };
  return { kind: 'ctcp', name: plain(name).toUpperCase().slice(0, 32) };
}

/** Without colours and controls; a tab becomes a blank, a line end stays. */
export function plain(text: string): string {
  return text
    .replaceAll(FORMATTING, '')
    .replaceAll('\t', ' ')
    .replaceAll(/[\x00-\x09\x0b-\x1f\x7f]/g, '');
}

export function action(text: string): string {
  return `${CTCP}ACTION ${text}${CTCP}`;
}

/** One part of a message. `joins`: it goes on where the one before was cut. */
export interface Part {
  readonly text: string;
  readonly joins: boolean;
}

/**
 * A text in parts of at most `bytes`, each without a line end: at line ends, and long lines at blanks where there are some. Nothing is
 * lost: parts that join give the line again.
 */
export function split(text: string, bytes: number): Part[] {
  return text.split('\n').flatMap((line) => splitLine(line, bytes));
}

function splitLine(line: string, bytes: number): Part[] {
  const parts: Part[] = [];
  let rest = line;
  while (Buffer.byteLength(rest) > bytes) {
    const fits = whole(cut(rest, bytes), rest);
    const blank = fits.lastIndexOf(' ') + 1;
    // The blank stays before the cut, so that no part begins with one.
    const end = blank > fits.length / 2 ? blank : fits.length;
    parts.push({ text: rest.slice(0, end), joins: parts.length > 0 });
    rest = rest.slice(end);
  }
  if (rest !== '' || parts.length === 0) parts.push({ text: rest, joins: parts.length > 0 });
  return parts;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Not in the middle of what is read as one character, where the line has another place. */
function whole(fits: string, of: string): string {
  const from = Math.max(0, fits.length - 64);
  let end = 0;
  for (const { index, segment } of graphemes.segment(of.slice(from, fits.length + 64))) {
    if (from + index + segment.length > fits.length) break;
    end = from + index + segment.length;
  }
  return end > 0 ? fits.slice(0, end) : fits;
}

/** Bytes of text that a line of `:source COMMAND target :text` has room for; `also`: what stands around it, as an ACTION. */
export function room(source: string, command: string, target: string, also = 0): number {
  const frame = Buffer.byteLength(`:${source} ${command} ${target} :`) + 2;
  return Math.max(ROOM_MIN, LINE_BYTES - frame - also);
}

/** The beginning of a text on one line, for where something is said of it. */
export function gist(text: string, characters = 80): string {
  const line = plain(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= characters ? line : `${beginning(line, characters - 1).trimEnd()}…`;
}

/** At most so many UTF-16 units, and no part of what is read as one character. */
export function beginning(text: string, max: number): string {
  return text.length <= max ? text : whole(text.slice(0, max), text);
}

export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[step] ?? ''}`;
}
