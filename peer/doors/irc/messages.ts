/**
 * A message of Parley as lines of IRC. A client that knows draft/multiline is given a long text in one batch; any other one line after
 * the other, of which the first bears the id. What a client cannot show (an answer, an edit, a file) is said in the text.
 */
import { actionOf } from '../../../protocol/action.js';
import type { EntryView, QuoteView } from '../../../protocol/local-api.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import { hookNameOf } from '../../../protocol/hook-name.js';
import { shownFileName } from '../../../protocol/files.js';
import { MULTILINE_LINES } from './capabilities.js';
import type { Member } from './context.js';
import { nickOf, sourceOf } from './names.js';
import { action, bytesText, gist, LINES_MAX, plain, room, split, type Part } from './text.js';
import type { Outgoing, Tags } from './wire.js';

/** What was written before is told with its time to a client that does not know server-time. */
const LATE_MS = 2 * 60_000;

/** Something that somebody says. */
export interface Said {
  readonly from: string;
  readonly target: string;
  readonly notice?: boolean;
  readonly action?: boolean;
  readonly text: string;
  /** Told as a line before the text. */
  readonly quote?: string | undefined;
  readonly time: string;
  readonly id?: string;
  /** The message that it answers or is about. */
  readonly reply?: string | undefined;
}

/** @returns undefined for what is no message, or has been deleted */
export function saidOf(me: Member, view: EntryView): Said | undefined {
  if (view.deleted || (view.kind !== 'text' && view.kind !== 'file')) return undefined;
  const { from, id, reply } = view;
  const about = { from, target: targetFor(me, view), time: view.at ?? view.time, id, reply: reply?.id };
  const quote = reply && !me.session.showsRelations ? quoteText(reply) : undefined;
  if (view.kind === 'file') return { ...about, quote, text: fileText(view) };
  const acted = actionOf(view);
  if (acted !== undefined) return { ...about, quote, action: true, text: acted };
  const hook = hookNameOf(view);
  const text = hook === undefined ? view.message : `[${hook} (hook)] ${view.message}`;
  return { ...about, quote, notice: view.data['notice'] === true, text };
}

/** Where a line of somebody goes: the channel, this user, or, of what this user writes elsewhere, the other one. */
export function targetFor(me: Member, { conversation, from }: Pick<EntryView, 'conversation' | 'from'>): string {
  if (conversation.startsWith('#')) return conversation;
  return me.isSelf(from) ? me.targetOf(conversation as Parameters<Member['targetOf']>[0]) : me.nick;
}

/** @param batch that they are part of */
export function saidLines(me: Member, said: Said, batch?: string): Outgoing[] {
  const { session } = me;
  const command = said.notice ? 'NOTICE' : 'PRIVMSG';
  const source = sourceOf(said.from);
  const { target } = said;
  const tags = tagsOf(said);
  const around = { batch };
  const parts = [
    ...(said.quote === undefined ? [] : split(said.quote, room(source, command, target))),
    ...partsOf(me, said, source, command),
  ];
  const line = (text: string, more: Tags): Outgoing => ({ source, command, params: [target, text], tags: { ...more } });
  if (parts.length === 1 || !session.caps.has('draft/multiline') || !session.caps.has('batch')) {
    const { time, account } = tags;
    return bounded(
      parts.filter(({ text }) => text !== ''),
      LINES_MAX,
    ).map(({ text }, at) => line(text, { ...(at === 0 ? tags : { time, account }), ...around }));
  }
  const ref = session.batchRef();
  return [
    { source, command: 'BATCH', params: [`+${ref}`, 'draft/multiline', target], tags: { ...tags, ...around } },
    ...bounded(parts, MULTILINE_LINES).map(({ text, joins }) =>
      line(text, { batch: ref, ...(joins ? { 'draft/multiline-concat': '' } : {}) }),
    ),
    { source, command: 'BATCH', params: [`-${ref}`] },
  ];
}

function partsOf(me: Member, said: Said, source: string, command: string): Part[] {
  const late = !me.session.caps.has('server-time') && me.session.ports.now() - Date.parse(said.time) > LATE_MS;
  const text = `${late ? `[${clockText(said.time)}] ` : ''}${plain(said.text)}`;
  if (!said.action) return split(text, room(source, command, said.target));
  // One frame around each part: CTCP ends with its line.
  return split(text, room(source, command, said.target, action('').length)).map((part) => ({
    ...part,
    text: action(part.text),
  }));
}

function bounded(parts: readonly Part[], max: number): readonly Part[] {
  if (parts.length <= max) return parts;
  const left = parts.length - max + 1;
  return [
    ...parts.slice(0, max - 1),
    { text: `[… ${left} more lines: read them in a window of Parley]`, joins: false },
  ];
}

function tagsOf({ from, time, id, reply }: Said): Tags {
  return {
    time,
    account: from,
    ...(id === undefined ? {} : { msgid: id }),
    ...(reply === undefined ? {} : { '+draft/reply': reply }),
  };
}

function quoteText({ from, message, file, deleted, blocked }: QuoteView): string {
  if (blocked) return '> (a message of somebody whom you have blocked)';
  if (from === undefined) return '> (a message that is not here)';
  if (deleted) return `> ${nickOf(from)}: (deleted)`;
  return `> ${nickOf(from)}: ${gist(file ? `[file] ${shownFileName(file.name)} ${message ?? ''}` : (message ?? ''))}`;
}

function fileText(view: EntryView): string {
  const facts = fileFacts(view);
  if (!facts) return `[file] ${view.message}`;
  const caption = view.message === '' ? '' : `: ${view.message}`;
  return `[file] ${shownFileName(facts.name)} (${bytesText(facts.size)}), parley get ${facts.sha256}${caption}`;
}

/** `2026-11-20 06:27 UTC` */
export function clockText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
