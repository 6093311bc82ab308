/** The lines of a conversation, from its loaded beginning to its end, at a width. Pure; what an entry makes is kept. */
import { actionOf } from '../../../protocol/action.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import { hookNameOf } from '../../../protocol/hook-name.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { safeLine, safeText } from '../safe-text.js';
import { cells, fitted, isolated, wrapped } from './cells.js';
import { timelineOf, type State } from './model.js';
import { fill, type Language } from './texts.js';

export type Style = 'plain' | 'dim' | 'bold' | 'name' | 'own' | 'unread' | 'chosen' | 'warn' | 'bar';

export interface Span {
  readonly text: string;
  readonly style: Style;
  /** Of names: which of the colours. */
  readonly tint?: number;
}

export interface Line {
  readonly spans: readonly Span[];
  /** Of which entry. */
  readonly id?: string;
}

/** Where texts stand: after the time. */
const INDENT = 6;
const TINTS = 6;

const dim = (text: string): Span => ({ text, style: 'dim' });

/** Of the list beside the conversation; none on narrow terminals. */
export const sidebarWidth = ({ columns }: State): number => (columns < 60 ? 0 : Math.min(28, Math.floor(columns / 4)));
export const timelineWidth = (state: State): number => {
  const beside = sidebarWidth(state);
  return state.columns - (beside === 0 ? 0 : beside + 2);
};

export function timelineLines(state: State): Line[] {
  const { current, texts } = state;
  if (current === undefined) return [];
  const { entries, more, loading } = timelineOf(state, current);
  const width = timelineWidth(state);
  const lines: Line[] = [];
  if (loading && entries.length === 0) lines.push({ spans: [dim(texts.loading)] });
  else if (more) lines.push({ spans: [dim(loading ? texts.loading : '…')] });
  else lines.push({ spans: [dim(isolated(entries.length === 0 ? texts.nothing : texts.beginning))] });
  let day = '';
  let afterRead = false;
  for (const entry of entries) {
    const now = new Date(entry.at ?? entry.time).toDateString();
    if (now !== day) lines.push({ spans: [dim(rule(dayText(entry, state), width))] });
    day = now;
    if (afterRead) lines.push({ spans: [{ text: rule(texts.unread, width), style: 'unread' }] });
    afterRead = entry.id === state.readUpTo && entry !== entries.at(-1);
    lines.push(...entryLines(entry, state, width));
  }
  for (const { conversation, message } of state.pending)
    if (conversation === current)
      lines.push(...block(wrapped(safeText(message), width - INDENT), [dim('    … ')], 'dim'));
  return lines;
}

const made = new WeakMap<EntryView, { key: string; lines: readonly Line[] }>();

function entryLines(entry: EntryView, state: State, width: number): readonly Line[] {
  const own = entry.from.toLowerCase() === state.me.toLowerCase();
  const mark = own ? deliveryOf(entry, state) : '';
  const key = `${width} ${state.language} ${mark}`;
  const known = made.get(entry);
  if (known?.key === key) return known.lines;
  const lines = (isNotice(entry) ? noticeLines : messageLines)(entry, state, width, mark).map((line) => ({
    ...line,
    id: entry.id,
  }));
  made.set(entry, { key, lines });
  return lines;
}

const isNotice = ({ kind }: EntryView): boolean => ['join', 'leave', 'topic', 'pin'].includes(kind);

/** `sent`, `delivered` or `read`, by the marks of the conversation, which come later than the entry. */
function deliveryOf({ conversation, seq, state: first, device }: EntryView, { conversations }: State): string {
  const { receipts = {}, reads = {} } = conversations.get(conversation) ?? {};
  const reached = (marks: Record<string, number>): boolean => Object.values(marks).some((upTo) => upTo >= seq);
  if (device === '') return '';
  if (first === 'read' || reached(reads)) return ' ✓✓';
  return first === 'delivered' || reached(receipts) ? ' ✓' : ' ·';
}

function messageLines(entry: EntryView, { texts, me }: State, width: number, mark: string): Line[] {
  const { from, reply, edited, deleted, reactions = [] } = entry;
  const own = from.toLowerCase() === me.toLowerCase();
  const lines: Line[] = [];
  if (reply) {
    const quote = `↪ ${reply.from ?? '…'}: ${isolated(safeLine(reply.message ?? reply.file?.name ?? '…'))}`;
    lines.push({ spans: [dim(' '.repeat(INDENT) + fitted(quote, width - INDENT))] });
  }
  const action = deleted ? undefined : actionOf(entry);
  const name: Span = {
    text: action === undefined ? from : `* ${from}`,
    style: own ? 'own' : 'name',
    tint: tintOf(from),
  };
  const head = [dim(`${timeText(entry)} `), name, dim(' ')];
  const used = INDENT + cells(name.text) + 1;
  const text = deleted ? `(${texts.deleted})` : bodyText(entry, texts);
  const marks = `${edited && !deleted ? ` (${texts.edited})` : ''}${mark}`;
  // The name stands in the first line: that one is shorter.
  const [first = '', ...rest] = wrapped(`${'\u00a0'.repeat(used - INDENT)}${text}`, width - INDENT - cells(marks));
  const bodies = [first.slice(used - INDENT), ...rest];
  lines.push(...block(bodies, head, deleted ? 'dim' : 'plain', marks));
  if (reactions.length > 0) {
    const said = reactions.map(({ emoji, users }) => `${safeLine(emoji)} ${users.length}`).join('  ');
    lines.push({ spans: [dim(' '.repeat(INDENT) + fitted(said, width - INDENT))] });
  }
  return lines;
}

function bodyText(entry: EntryView, texts: State['texts']): string {
  const facts = fileFacts(entry);
  const file = facts
    ? `[${fill(texts.file, { name: isolated(safeLine(facts.name)), size: sizeText(facts.size) })}]`
    : '';
  const hook = hookNameOf(entry);
  const posted = hook === undefined ? '' : `[${fill(texts.hook, { name: isolated(safeLine(hook)) })}]`;
  return [posted, file, safeText(actionOf(entry) ?? entry.message)].filter(Boolean).join(' ');
}

/** Each line is drawn in its own direction. */
function block(texts: readonly string[], head: readonly Span[], style: Style, marks = ''): Line[] {
  return texts.map((text, at) => ({
    spans: [
      ...(at === 0 ? head : [dim(' '.repeat(INDENT))]),
      { text: isolated(text), style },
      ...(at === texts.length - 1 && marks !== '' ? [dim(marks)] : []),
    ],
  }));
}

function noticeLines(entry: EntryView, { texts }: State, width: number): Line[] {
  const { kind, from, message, data } = entry;
  const said = { join: texts.joined, leave: texts.left, topic: texts.topic }[kind];
  const text = said ?? (data['remove'] === true ? texts.unpinned : texts.pinned);
  const sentence = fill(text, { name: from, text: isolated(safeLine(message)) });
  return [{ spans: [dim(`${timeText(entry)} ${fitted(isolated(sentence), width - INDENT)}`)] }];
}

function tintOf(name: string): number {
  let sum = 0;
  for (const character of name.toLowerCase()) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}

function timeText({ time }: EntryView): string {
  const date = new Date(time);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** Each costs as much as a whole screen to make. */
const dayFormats = new Map<Language, Intl.DateTimeFormat>();

function dayText({ at, time }: EntryView, { language }: State): string {
  let format = dayFormats.get(language);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
    dayFormats.set(language, format);
  }
  return format.format(new Date(at ?? time));
}

function rule(text: string, width: number): string {
  const shown = ` ${isolated(fitted(text, width - 4))} `;
  const left = Math.max(0, Math.floor((width - cells(shown)) / 2));
  return '─'.repeat(left) + shown + '─'.repeat(Math.max(0, width - left - cells(shown)));
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step] ?? ''}`;
}
