/** The whole screen as lines, from the state alone: what is where, in which style, and where the cursor stands. Pure. */
import { safeLine } from '../safe-text.js';
import { beginning, cells, fitted, isolated, padded, wrapped } from './cells.js';
import { slashNames } from '../../../protocol/slash-commands.js';
import { usageOf } from './command-list.js';
import { sidebarWidth, timelineLines, timelineWidth, type Line, type Span } from './layout.js';
import { listed, titleOf, type State } from './model.js';
import { fill } from './texts.js';

/** A part of a row that begins at a column, whatever the terminal made of what stands before it. */
export interface Piece {
  readonly column: number;
  readonly spans: readonly Span[];
}

export interface Frame {
  readonly rows: readonly (readonly Piece[])[];
  /** Undefined where nothing is written. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

const COLUMNS_MIN = 24;
const ROWS_MIN = 7;
const COMPOSER_ROWS_MAX = 6;
/** The title, at least one row of the conversation, the status and the hint. */
const OTHER_ROWS = 4;
const PROMPT = '> ';

const plain = (text: string): Span => ({ text, style: 'plain' });
const dim = (text: string): Span => ({ text, style: 'dim' });

/** Rows of the window in which the conversation is seen. */
export function timelineRows(state: State): number {
  return Math.max(1, state.rows - OTHER_ROWS + 1 - composer(state).lines.length);
}

export function frame(state: State): Frame {
  const { rows, columns } = state;
  if (columns < COLUMNS_MIN || rows < ROWS_MIN)
    return { rows: [[{ column: 0, spans: [plain(fitted(state.texts.small, columns))] }]], cursor: undefined };
  const left = columns - timelineWidth(state);
  const { lines, cursor } = composer(state);
  const height = timelineRows(state);
  const main = [titleRow(state), ...middle(state, height), statusRow(state), ...lines, hintRow(state)];
  const side = sidebar(state, rows);
  const drawn = main
    .slice(0, rows)
    .map((spans, row): Piece[] => [
      ...(left > 0 ? [{ column: 0, spans: [...(side[row] ?? []), dim('│')] }] : []),
      { column: left, spans },
    ]);
  const row = height + 2 + cursor.row;
  const writing = !['select', 'delete', 'help', 'found'].includes(state.mode.kind);
  return { rows: drawn, cursor: writing ? { row, column: left + cursor.column } : undefined };
}

function titleRow(state: State): Span[] {
  const width = timelineWidth(state);
  const { current, channels, people, texts } = state;
  if (current === undefined) return [{ text: padded(' Parley', width), style: 'bar' }];
  const isDisabled = !current.startsWith('#') && people.get(titleOf(state, current))?.disabled === true;
  const topic = isDisabled ? texts.disabled : (channels.get(current.slice(1))?.topic ?? '');
  const unread = [...state.conversations.values()].reduce(
    (sum, { unread, id }) => sum + (id === current ? 0 : unread),
    0,
  );
  const more = sidebarWidth(state) === 0 && unread > 0 ? `  (${unread})` : '';
  const title = ` ${titleOf(state, current)}${more}${topic === '' ? '' : `  ${isolated(safeLine(topic))}`}`;
  return [{ text: padded(fitted(title, width), width), style: 'bar' }];
}

function middle(state: State, height: number): (readonly Span[])[] {
  const { mode } = state;
  const lines = mode.kind === 'help' ? helpLines(state) : mode.kind === 'found' ? foundLines(state) : undefined;
  if (lines) {
    const first = Math.max(
      0,
      Math.min(lines.findIndex(({ id }) => id === 'chosen') - height + 1, lines.length - height),
    );
    return filled(
      lines.slice(first, first + height).map(({ spans }) => spans),
      height,
    );
  }
  const all = timelineLines(state);
  const end = Math.max(0, all.length - state.scroll);
  const chosen = mode.kind === 'select' || mode.kind === 'delete' ? mode.id : undefined;
  const seen = all
    .slice(Math.max(0, end - height), end)
    .map(({ spans, id }) =>
      chosen !== undefined && id === chosen ? spans.map(({ text }): Span => ({ text, style: 'chosen' })) : spans,
    );
  return [...Array.from({ length: height - seen.length }, () => []), ...seen];
}

function filled(lines: (readonly Span[])[], height: number): (readonly Span[])[] {
  return [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, () => [])];
}

function helpLines({ texts, ...state }: State): Line[] {
  const width = timelineWidth({ texts, ...state });
  const commands = slashNames.map((name) => {
    const usage = padded(usageOf(name, texts), 18);
    return {
      spans: [
        { text: `  ${usage}`, style: 'bold' as const },
        plain(fitted(isolated(texts[`help_${name}`]), width - 20)),
      ],
    };
  });
  const keys = wrapped(`${texts.hint} · ${texts.selecting} · ${texts.help_keys}`, width - 2);
  return [
    { spans: [{ text: fitted(isolated(texts.helpTitle), width), style: 'bold' }] },
    ...commands,
    { spans: [] },
    ...keys.map((line) => ({ spans: [plain(`  ${isolated(line)}`)] })),
  ];
}

function foundLines(state: State): Line[] {
  const { mode } = state;
  if (mode.kind !== 'found') return [];
  const width = timelineWidth(state);
  return mode.entries.map(({ from, conversation, message, time }, at) => {
    const where = `${time.slice(0, 10)} ${titleOf(state, conversation)} ${from}: `;
    const text = padded(where + fitted(isolated(safeLine(message)), Math.max(1, width - cells(where))), width);
    return { spans: [{ text, style: at === mode.at ? 'chosen' : 'plain' }], id: at === mode.at ? 'chosen' : '' };
  });
}

/** What one has to know now: trouble first. */
function statusRow(state: State): Span[] {
  const { mode, texts, notice, connected, trouble, offers } = state;
  const width = timelineWidth(state);
  const one = (text: string, style: Span['style']): Span[] => [
    { text: fitted(isolated(safeLine(text)), width), style },
  ];
  if (!connected) return one(texts.down, 'warn');
  if (offers && offers.words.length > 1)
    return one(offers.words.map((word, at) => (at === offers.at ? `[${word}]` : word)).join(' '), 'dim');
  switch (mode.kind) {
    case 'delete':
      return one(texts.deleteSure, 'warn');
    case 'select':
      return notice === '' ? one(texts.selecting, 'bold') : one(notice, 'warn');
    case 'reply':
      return one(
        fill(texts.replying, { name: mode.entry.from, text: fitted(safeLine(mode.entry.message), 40) }),
        'bold',
      );
    case 'edit':
      return one(texts.editing, 'bold');
    case 'react':
      return one(texts.react, 'bold');
    case 'found': {
      const { query, entries } = mode;
      return one(
        fill(entries.length > 0 ? texts.found : texts.foundNothing, { text: query, count: entries.length }),
        'bold',
      );
    }
    default:
      if (notice !== '') return one(notice, 'warn');
      if (state.scroll > 0) return one(texts.newer, 'bold');
      return trouble === '' ? [dim('─'.repeat(width))] : one(trouble, 'warn');
  }
}

function hintRow(state: State): Span[] {
  return [dim(fitted(isolated(state.texts.hint), timelineWidth(state)))];
}

/** The text that is being written, the part of it around the cursor. */
function composer(state: State): { lines: Span[][]; cursor: { row: number; column: number } } {
  const { before, after } = state.editor;
  const width = Math.max(4, timelineWidth(state) - PROMPT.length - 1);
  // Cut where the row is full, so that the cursor is where it is typed.
  const cut = (text: string): string[] => text.split('\n').flatMap((line) => rows(safeKeepingLength(line), width));
  const written = cut(before);
  const all = cut(before + after);
  const at = written.length - 1;
  const most = Math.min(COMPOSER_ROWS_MAX, state.rows - OTHER_ROWS);
  const first = Math.max(0, Math.min(at - most + 1, all.length - most));
  const lines = all
    .slice(first, first + most)
    .map((line, row) => [{ text: row + first === 0 ? PROMPT : '  ', style: 'bold' as const }, plain(line)]);
  return { lines, cursor: { row: at - first, column: PROMPT.length + cells(written.at(-1) ?? '') } };
}

/** A tab that was pasted is one cell. */
function safeKeepingLength(line: string): string {
  return safeLine(line.replaceAll('\t', ' '));
}

function rows(line: string, width: number): string[] {
  const parts: string[] = [];
  let rest = line;
  while (cells(rest) > width) {
    const part = beginning(rest, width);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}

/** Each conversation with its unread ones; the present one is always seen. */
function sidebar(state: State, height: number): Span[][] {
  const width = sidebarWidth(state);
  if (width === 0) return [];
  const all = listed(state);
  const at = all.findIndex(({ id }) => id === state.current);
  const head: Span[] = [{ text: padded(fitted(` ${state.me}`, width), width), style: 'bar' }];
  const room = height - 1;
  const first = Math.max(0, Math.min(at - room + 1, all.length - room));
  const shown = all.slice(first, first + room).map(({ id, unread, mentions = 0 }): Span[] => {
    const title = titleOf(state, id);
    const online = id.startsWith('#') ? ' ' : presenceSign(state, title);
    const count = unread === 0 ? '' : `${mentions > 0 ? '@' : ''}${unread > 999 ? '999+' : unread} `;
    const name = padded(fitted(`${online}${title}`, width - cells(count) - 1), width - cells(count) - 1);
    const style = id === state.current ? 'chosen' : unread > 0 ? 'bold' : 'plain';
    return [
      { text: `${name} `, style },
      { text: count, style: mentions > 0 ? 'unread' : style },
    ];
  });
  const blank = (): Span[] => [plain(' '.repeat(width))];
  return [head, ...shown, ...Array.from({ length: Math.max(0, room - shown.length) }, blank)];
}

function presenceSign({ people }: State, name: string): string {
  const presence = people.get(name)?.presence ?? 'offline';
  return presence === 'offline' ? '○' : presence === 'online' ? '●' : '◐';
}
