/** What was said before, and how far it is read: CHATHISTORY and MARKREAD (IRCv3 drafts). */
import { isParleyError } from '../../../../protocol/errors.js';
import { parseEntryId, type ConversationId } from '../../../../protocol/ids.js';
import type { EntryView } from '../../../../protocol/local-api.js';
import { HISTORY_PAGE_MAX } from '../../../../protocol/limits.js';
import type { Call } from '../call.js';
import { gapAt, newer, older, placeOf, type Reader } from '../history-pages.js';
import { conversationOfTarget } from '../names.js';
import { historyBatch, isShown } from '../playback.js';
import { readTime } from '../read-markers.js';
import type { Command } from './command.js';

export const historyCommands: Readonly<Record<string, Command>> = {
  CHATHISTORY: { needs: 1, run: chatHistory },
  MARKREAD: { run: markRead },
};

/** `timestamp=2026-11-20T06:27:00.123Z`, `msgid=…` */
type Reference = { readonly time: string } | { readonly id: string };

const TIME = /^timestamp=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)$/;

function reference(text: string): Reference | undefined {
  const ms = Date.parse(TIME.exec(text)?.[1] ?? '');
  if (!Number.isNaN(ms)) return { time: new Date(ms).toISOString() };
  const id = text.startsWith('msgid=') ? parseEntryId(text.slice(6)) : undefined;
  return id && { id };
}

async function chatHistory(call: Call): Promise<void> {
  const [sub = '', ...rest] = call.line.params;
  const name = sub.toUpperCase();
  const counts: Readonly<Record<string, number>> = {
    LATEST: 3,
    BEFORE: 3,
    AFTER: 3,
    AROUND: 3,
    BETWEEN: 4,
    TARGETS: 3,
  };
  if (!Object.hasOwn(counts, name))
    return call.fail('INVALID_PARAMS', [sub.slice(0, 32)], 'There is no such subcommand.');
  if (rest.length < (counts[name] ?? 0))
    return call.fail('INVALID_PARAMS', [name], 'That command needs more parameters.');
  const limit = Number(rest.at(-1));
  if (!Number.isSafeInteger(limit) || limit < 0)
    return call.fail('INVALID_PARAMS', [name], 'The limit must be a number.');
  const most = Math.min(limit === 0 ? HISTORY_PAGE_MAX : limit, HISTORY_PAGE_MAX);
  if (name === 'TARGETS') return targets(call, rest, most);
  const [target = '', ...places] = rest;
  const conversation = conversationOfTarget(target, call.me.username);
  const known = conversation && (conversation.startsWith('#') ? call.me.channels.has(conversation) : true);
  if (!known)
    return call.fail('INVALID_TARGET', [name, target], 'You are not in that channel, or nobody has that name.');
  const references = places
    .slice(0, -1)
    .map((text) => (name === 'LATEST' && text === '*' ? undefined : reference(text)));
  if (references.some((one, at) => one === undefined && !(name === 'LATEST' && places[at] === '*')))
    return call.fail('INVALID_PARAMS', [name], 'A place in history is timestamp=… or msgid=….');
  try {
    const playback = call.session.caps.has('draft/event-playback');
    const wanted = (view: EntryView): boolean => isShown(view) || (playback && view.kind === 'topic');
    const reader: Reader = { me: call.me, conversation, wanted };
    const [from, to] = references;
    const views = await select(reader, name, from, to, most);
    call.send(...historyBatch(call.me, target, views));
  } catch (error) {
    const invalid = 'INVALID_TARGET';
    if (isParleyError(error) && error.code === 'not_found')
      call.fail('INVALID_MSGREFTYPE', [name, target], error.message);
    else
      call.refuseAs(error, [name, target], {
        not_member: invalid,
        unknown_user: invalid,
        bad_request: 'MESSAGE_ERROR',
      });
  }
}

async function select(
  reader: Reader,
  name: string,
  from: Reference | undefined,
  to: Reference | undefined,
  limit: number,
): Promise<EntryView[]> {
  switch (name) {
    case 'LATEST': {
      const views = await older(reader, { end: 'newest' }, limit);
      return from ? within(reader, views, from, 'after') : views;
    }
    case 'BEFORE':
      return before(reader, from, limit);
    case 'AFTER':
      return after(reader, from, limit);
    case 'AROUND':
      return around(reader, from, limit);
    default: {
      const [first, last] = [await placeFor(reader, from), await placeFor(reader, to)];
      const forwards = first <= last;
      const views = forwards ? await after(reader, from, limit) : await before(reader, from, limit);
      return to ? within(reader, views, to, forwards ? 'before' : 'after') : views;
    }
  }
}

async function before(reader: Reader, from: Reference | undefined, limit: number): Promise<EntryView[]> {
  if (!from) return [];
  if ('id' in from) return older(reader, { before: from.id }, limit);
  const { first, last } = await gapAt(reader, from.time);
  if (first) return older(reader, { before: first.id }, limit);
  return older(reader, { end: last ? 'newest' : 'oldest' }, limit);
}

async function after(reader: Reader, from: Reference | undefined, limit: number): Promise<EntryView[]> {
  if (!from) return [];
  if ('id' in from) return newer(reader, { after: from.id }, limit);
  // Strictly after: a message of that very millisecond is one that the client has.
  const { first, last } = await gapAt(reader, new Date(Date.parse(from.time) + 1).toISOString());
  if (last) return newer(reader, { after: last.id }, limit);
  if (!first) return [];
  const others = await newer(reader, { after: first.id }, limit);
  return [...(reader.wanted(first) ? [first] : []), ...others].slice(0, limit);
}

/** The message itself in the middle, where it is one. */
async function around(reader: Reader, from: Reference | undefined, limit: number): Promise<EntryView[]> {
  const middle = await nearest(reader, from);
  if (!middle) return [];
  const own = reader.wanted(middle) ? [middle] : [];
  const old = await older(reader, { before: middle.id }, Math.floor((limit - own.length) / 2));
  const rest = await newer(reader, { after: middle.id }, limit - own.length - old.length);
  return [...old, ...own, ...rest];
}

async function nearest(reader: Reader, from: Reference | undefined): Promise<EntryView | undefined> {
  if (!from) return undefined;
  if ('id' in from) return (await reader.me.run('history.entry', { entry: from.id })).entry;
  const { first, last } = await gapAt(reader, from.time);
  return first ?? last;
}

/** Those on one side of a place, without it. */
async function within(
  reader: Reader,
  views: EntryView[],
  place: Reference,
  side: 'before' | 'after',
): Promise<EntryView[]> {
  const at = 'id' in place ? views.findIndex(({ id }) => id === place.id) : -1;
  if (at >= 0) return side === 'before' ? views.slice(0, at) : views.slice(at + 1);
  const time = await placeFor(reader, place);
  return views.filter((view) => (side === 'before' ? placeOf(view) < time : placeOf(view) > time));
}

async function placeFor({ me }: Reader, place: Reference | undefined): Promise<string> {
  if (!place) return '';
  return 'time' in place ? place.time : placeOf((await me.run('history.entry', { entry: place.id })).entry);
}

/** `TARGETS timestamp=… timestamp=… <limit>`: where something was said between the two, and when last. */
function targets(call: Call, [first = '', second = '']: readonly string[], limit: number): void {
  const ends = [reference(first), reference(second)].map((one) => (one && 'time' in one ? one.time : undefined));
  const [from, to] = ends.toSorted();
  if (from === undefined || to === undefined) return call.fail('INVALID_PARAMS', ['TARGETS'], 'Give two timestamps.');
  const { me, session } = call;
  const found = me.services.conversations
    .list()
    .flatMap(({ id, latest }) => (latest ? [{ id: id as ConversationId, time: placeOf(latest) }] : []))
    .filter(({ id, time }) => time > from && time < to && (!id.startsWith('#') || me.channels.has(id)))
    .toSorted((a, b) => (a.time < b.time ? -1 : 1))
    .slice(0, limit);
  const ref = session.batchRef();
  const source = session.serverName;
  const tags = session.caps.has('batch') ? { batch: ref } : {};
  const lines = found.map(({ id, time }) => ({
    source,
    command: 'CHATHISTORY',
    params: ['TARGETS', me.targetOf(id), time],
    tags,
  }));
  if (!session.caps.has('batch')) return call.send(...lines);
  const edge = (sign: string, ...more: string[]) => ({ source, command: 'BATCH', params: [`${sign}${ref}`, ...more] });
  call.send(edge('+', 'draft/chathistory-targets'), ...lines, edge('-'));
}

async function markRead(call: Call): Promise<void> {
  const { me } = call;
  const [target = '', text] = call.line.params;
  if (target === '') return call.fail('NEED_MORE_PARAMS', [], 'Say of which channel or user.');
  const conversation = conversationOfTarget(target, me.username);
  if (!conversation) return call.fail('INVALID_PARAMS', [target], 'There is no such channel or user.');
  if (text === undefined) return call.send(me.markerLine(conversation));
  const wanted = reference(text);
  if (!wanted || 'id' in wanted)
    return call.fail('INVALID_PARAMS', [target], 'Say up to when: timestamp=2026-11-20T06:27:00.000Z');
  try {
    const known = readTime(me, conversation);
    // It only rises; who is behind is told where it stands.
    if (known === undefined || known < wanted.time) {
      const next = new Date(Date.parse(wanted.time) + 1).toISOString();
      const { last } = await gapAt({ me, conversation }, next);
      if (last) await me.marking(conversation, () => me.run('conversation.read', { conversation, upTo: last.id }));
    }
    call.send(me.markerLine(conversation));
  } catch (error) {
    const invalid = 'INVALID_PARAMS';
    call.refuseAs(error, [target], {
      not_member: invalid,
      unknown_user: invalid,
      bad_request: invalid,
      not_found: invalid,
    });
  }
}
