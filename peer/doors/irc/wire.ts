/**
 * One line of IRC as text, and as its parts (RFC 1459 section 2.3, IRCv3 message tags). What is written is one line whatever it is
 * made of: no CR, LF or NUL of a message, a topic or a name can begin another one.
 */

/** Bytes of a line with its CR LF, without its tags (RFC 1459). */
export const LINE_BYTES = 512;
/** Bytes of the tags with their `@` and the blank behind them (IRCv3 message tags): all, and those of a client. */
export const TAGS_BYTES = 8191;
export const CLIENT_TAGS_BYTES = 4096;
const PARAMS_MAX = 15;

/** What is undefined is absent. */
export type Tags = Readonly<Record<string, string | undefined>>;

export interface Incoming {
  readonly tags: Tags;
  /** In upper case; of any characters but blanks. */
  readonly command: string;
  readonly params: readonly string[];
}

export interface Outgoing {
  /** An empty value is a tag without one. */
  readonly tags?: Tags;
  readonly source?: string;
  readonly command: string;
  /** Only the last one may be empty, hold blanks or begin with a colon. */
  readonly params: readonly string[];
}

/** @returns undefined for a line that has no command; one that no server knows is a command all the same */
export function parseLine(line: string): Incoming | undefined {
  const { tags, rest: behindTags } = takeTags(line);
  let rest = behindTags.replace(/^ +/, '');
  // Whoever a client says that it is, it is who has signed in.
  if (rest.startsWith(':')) rest = rest.replace(/^:[^ ]*(?: +|$)/, '');
  const params: string[] = [];
  while (rest !== '') {
    const last = rest.startsWith(':') || params.length === PARAMS_MAX;
    if (last) {
      params.push(rest.startsWith(':') ? rest.slice(1) : rest);
      break;
    }
    const end = rest.indexOf(' ');
    params.push(end < 0 ? rest : rest.slice(0, end));
    rest = end < 0 ? '' : rest.slice(end).replace(/^ +/, '');
  }
  const [command = '', ...others] = params;
  if (command === '') return undefined;
  return { tags, command: command.toUpperCase(), params: others };
}

function takeTags(line: string): { tags: Tags; rest: string } {
  if (!line.startsWith('@')) return { tags: {}, rest: line };
  const end = line.indexOf(' ');
  const text = end < 0 ? line.slice(1) : line.slice(1, end);
  const tags: Record<string, string> = {};
  for (const tag of text.split(';')) {
    const equals = tag.indexOf('=');
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (isKey(key)) tags[key] = equals < 0 ? '' : unescapeTag(tag.slice(equals + 1));
  }
  return { tags, rest: end < 0 ? '' : line.slice(end) };
}

function isKey(key: string): boolean {
  return /^\+?(?:[A-Za-z0-9.-]+\/)?[A-Za-z0-9-]+$/.test(key) && key !== '__proto__';
}

const UNESCAPED: Readonly<Record<string, string>> = { ':': ';', s: ' ', r: '\r', n: '\n', '\\': '\\' };

function unescapeTag(text: string): string {
  return text.replaceAll(/\\(.?)/gs, (_all, character: string) => UNESCAPED[character] ?? character);
}

const ESCAPED: Readonly<Record<string, string>> = { ';': '\\:', ' ': '\\s', '\r': '\\r', '\n': '\\n', '\\': '\\\\' };

function escapeTag(text: string): string {
  return text.replaceAll('\0', '').replaceAll(/[; \r\n\\]/g, (character) => ESCAPED[character] ?? '');
}

/** Without CR LF. What is longer than a line is cut, between characters. */
export function formatLine({ tags = {}, source, command, params }: Outgoing): string {
  const named = Object.entries(tags).flatMap(([key, value]) =>
    value === undefined ? [] : [value === '' ? key : `${key}=${escapeTag(value)}`],
  );
  const start = source === undefined ? command : `:${source} ${command}`;
  const middle = params.slice(0, -1).map(asMiddle);
  const last = params.at(-1);
  const body = [start, ...middle, ...(last === undefined ? [] : [asLast(command, last)])].join(' ');
  return `${named.length > 0 ? `@${named.join(';')} ` : ''}${cut(oneLine(body), LINE_BYTES - 2)}`;
}

/** The text with a blank for all that would end a line, and without NUL. */
export function oneLine(text: string): string {
  return text
    .replaceAll('\0', '')
    .replaceAll(/[\r\n]+/g, ' ')
    .toWellFormed();
}

/** As many characters as fit in those bytes. */
export function cut(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text;
  const buffer = Buffer.from(text);
  let end = bytes;
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return buffer.toString('utf8', 0, end);
}

function asMiddle(param: string): string {
  const word = param.replaceAll(/[\s\0]+/g, '_').replace(/^:/, '_');
  return word === '' ? '*' : word;
}

const BARE = new Set(['JOIN', 'BATCH', 'NICK', 'MODE', 'TAGMSG', 'MARKREAD', 'AUTHENTICATE']);

/** With a colon wherever it is a text, also of one word: some clients take no other. */
function asLast(command: string, param: string): string {
  const bare = BARE.has(command) && param !== '' && !/^:|[\s\0]/.test(param);
  return bare ? param : `:${param}`;
}
