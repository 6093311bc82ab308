/**
 * An entry that has just come, as lines of IRC. What an entry says of another one (an edit, a deletion, a reaction) is told only where
 * the peer holds that it counts, since not everybody may say everything.
 */
import type { Entry } from '../../../protocol/entry.js';
import { sameUser, type EntryId } from '../../../protocol/ids.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { relationOf } from '../../../protocol/relations.js';
import { viewNow } from '../../commands/entry-view.js';
import type { Member } from './context.js';
import { clockText, saidLines, saidOf, targetFor, type Said } from './messages.js';
import { nickOf, sourceOf } from './names.js';
import { gist, plain } from './text.js';
import type { Outgoing } from './wire.js';

export function entryLines(me: Member, entry: Entry): Outgoing[] {
  const { services } = me;
  if (services.people.hides(entry.from)) return [];
  switch (entry.kind) {
    case 'text':
    case 'file': {
      const said = saidOf(me, viewNow(services, services.history.entry(entry.id) ?? entry));
      return said ? saidLines(me, said) : [];
    }
    case 'topic':
      return [topicLine(entry)];
    case 'edit':
    case 'delete':
    case 'reaction':
    case 'pin':
      return relationLines(me, entry);
    default:
      return [];
  }
}

/** Of a channel: only those have topics. */
export function topicLine({
  from,
  conversation,
  message,
  id,
  time,
}: Pick<EntryView, 'from' | 'conversation' | 'message' | 'id' | 'time'>): Outgoing {
  const tags = { time, account: from, msgid: id };
  return { source: sourceOf(from), command: 'TOPIC', params: [conversation, plain(message)], tags };
}

function relationLines(me: Member, entry: Entry): Outgoing[] {
  const { services } = me;
  const relation = relationOf(entry);
  const target = relation && services.history.entry(relation.target);
  if (target?.conversation !== entry.conversation) return [];
  const view = viewNow(services, target);
  const about: Omit<Said, 'text'> = {
    from: entry.from,
    target: targetFor(me, { conversation: entry.conversation, from: entry.from }),
    time: entry.time,
    reply: target.id,
  };
  switch (entry.kind) {
    case 'edit':
      if (!sameUser(entry.from, target.from)) return [];
      return view.edited === entry.time
        ? saidLines(me, { ...about, id: entry.id, text: `[edit] ${view.message}` })
        : [];
    case 'delete':
      return view.deleted && sameUser(entry.from, target.from) ? deletion(me, about, view) : [];
    case 'reaction':
      return reaction(me, about, entry, view);
    default: {
      const pinned = entry.data['remove'] !== true;
      if (pinned !== (view.pinned !== undefined)) return [];
      return saidLines(me, { ...about, action: true, text: `${pinned ? 'pinned' : 'took down'} ${gistOf(view)}` });
    }
  }
}

function deletion(me: Member, about: Omit<Said, 'text'>, { id, time }: EntryView): Outgoing[] {
  if (me.session.caps.has('draft/message-redaction')) {
    const tags = { time: about.time, account: about.from };
    return [{ source: sourceOf(about.from), command: 'REDACT', params: [about.target, id], tags }];
  }
  return saidLines(me, { ...about, text: `[deleted] the message of ${clockText(time)}` });
}

function reaction(me: Member, about: Omit<Said, 'text'>, { data, from }: Entry, view: EntryView): Outgoing[] {
  const emoji = String(data['emoji']);
  const on = data['remove'] !== true;
  const isOn = view.reactions?.some((one) => one.emoji === emoji && one.users.includes(from)) === true;
  if (view.deleted || on !== isOn) return [];
  if (me.session.showsRelations) return [reactionLine(about, emoji, on)];
  return saidLines(me, { ...about, action: true, text: `${on ? 'reacted' : 'took back'} ${emoji} to ${gistOf(view)}` });
}

function reactionLine({ from, target, time, reply = '' }: Omit<Said, 'text'>, emoji: string, on: boolean): Outgoing {
  const tags = { time, account: from, '+draft/reply': reply, [on ? '+draft/react' : '+draft/unreact']: emoji };
  return { source: sourceOf(from), command: 'TAGMSG', params: [target], tags };
}

function gistOf({ from, message, kind }: EntryView): string {
  return `${nickOf(from)}: ${kind === 'file' ? '[file] ' : ''}${gist(message, 60)}`;
}

/** The message that an id means: of an edit or a reaction, the one that it is about. */
export async function messageOf(me: Member, id: string): Promise<EntryId> {
  const { entry } = await me.run('history.entry', { entry: id });
  return entry.id as EntryId;
}
