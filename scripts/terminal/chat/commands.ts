/** What a line that was written means: a message, or a command. Pure. */
import { goTo, toPresent } from './conversations.js';
import { takesText } from './command-list.js';
import { EMPTY, editorOf } from './editor.js';
import { entriesOf, isMessage, titleOf, type Effect, type State, type Step } from './model.js';
import { withRead } from './reading.js';
import { fill } from './texts.js';
import { actionMessage } from '../../../protocol/action.js';
import type { EntryView } from '../../../protocol/local-api.js';
import {
  NOTHING,
  readStatusEnd,
  readSlash,
  shrugged,
  slashNames,
  slashOf,
  type SlashName,
} from '../../../protocol/slash-commands.js';

/** @param mark of a message: another one each time */
export function submit(state: State, text: string, mark: string): Step {
  // A message that is edited stays one.
  if (state.mode.kind === 'edit') return post(state, text, mark);
  const typed = readSlash(text, slashNames);
  if (typed.kind === 'text') return post(state, typed.text, mark);
  const { texts } = state;
  if (typed.kind === 'unknown') return say(state, fill(texts.unknownCommand, { name: typed.name }));
  if (typed.kind === 'extra') return say(state, fill(texts.extra, { name: `/${typed.name}` }));
  if (typed.kind === 'needs') {
    const what = takesText(slashOf(typed.name).takes ?? 'text', texts);
    return say(state, fill(texts.needs, { name: `/${typed.name}`, what }));
  }
  return run({ ...state, editor: EMPTY }, typed.name, typed.rest, mark);
}

export function say(state: State, notice: string): Step {
  return [{ ...state, notice }, []];
}

function post(state: State, message: string, client: string, action = false): Step {
  const { current: conversation, mode, pending } = state;
  if (conversation === undefined || message.trim() === '') return [state, []];
  if (mode.kind === 'edit') return edit({ ...state, editor: EMPTY }, mode.entry, message);
  if (mode.kind === 'react') return react(state, mode.entry, message.trim());
  const reply = mode.kind === 'reply' ? { replyTo: mode.entry.id } : {};
  const sent = { client, conversation, message };
  const next: State = { ...state, editor: EMPTY, mode: { kind: 'write' }, scroll: 0, notice: '' };
  const [there, effects] = toPresent({ ...next, pending: [...pending, sent] });
  return withRead([there, [{ do: 'post', post: { ...sent, ...reply, ...(action && { action }) } }, ...effects]]);
}

function run(state: State, name: SlashName, rest: string, mark: string): Step {
  const { current, texts } = state;
  switch (name) {
    case 'help':
      return [{ ...state, mode: { kind: 'help' } }, []];
    case 'quit':
      return [state, [{ do: 'quit' }]];
    case 'me':
      return post(state, actionMessage(rest), mark, true);
    case 'shrug':
      return post(state, shrugged(rest), mark);
    case 'mute':
      return mute(state);
    case 'status':
      return rest === ''
        ? say(state, fill(texts.needs, { name: '/status', what: texts.text }))
        : change(state, {
            do: 'run',
            command: 'profile.set',
            args: { status: rest === NOTHING ? {} : readStatusEnd(rest) },
            done: rest === NOTHING ? texts.statusNone : texts.statusSet,
          });
    case 'invite':
      return invite(state, rest, mark);
    case 'join':
      return [state, [{ do: 'open', name: rest, join: true }]];
    case 'go': {
      const known = [...state.conversations.keys()].find((id) => id === rest || sameText(titleOf(state, id), rest));
      return known === undefined ? [state, [{ do: 'open', name: rest, join: false }]] : goTo(state, known);
    }
    case 'msg':
      return [state, [{ do: 'open', name: rest.split(/\s/)[0] ?? '', join: false }]];
    case 'leave': {
      const channel = rest === '' ? current : `#${rest.replace(/^#/, '').toLowerCase()}`;
      if (!channel?.startsWith('#')) return say(state, texts.leaveDirect);
      return change(state, { do: 'run', command: 'channel.leave', args: { channel: channel.slice(1) } });
    }
    case 'topic':
      return topic(state, rest);
    case 'search':
      return [state, [{ do: 'search', query: rest }]];
    case 'users': {
      const there = [...state.people.values()].filter(({ presence }) => presence !== 'offline');
      return say(state, there.map(({ username }) => username).join(' '));
    }
    case 'reply': {
      const entry = chosen(state, (from) => !isMe(state, from));
      if (!entry) return say(state, texts.noMessage);
      const next: State = { ...state, mode: { kind: 'reply', entry } };
      return rest === '' ? [next, []] : post(next, rest, mark);
    }
    case 'edit': {
      const entry = chosen(state, (from) => isMe(state, from));
      if (!entry) return say(state, texts.noMessage);
      return rest === '' ? beginEdit(state, entry) : edit(state, entry, rest);
    }
    case 'react': {
      const entry = chosen(state, (from) => !isMe(state, from));
      return entry ? react(state, entry, rest) : say(state, texts.noMessage);
    }
    case 'delete': {
      const entry = chosen(state, (from) => isMe(state, from));
      return entry ? askDelete(state, entry) : say(state, texts.noMessage);
    }
  }
}

function topic(state: State, rest: string): Step {
  const { current, texts, channels } = state;
  if (!current?.startsWith('#')) return say(state, texts.topicDirect);
  const channel = current.slice(1);
  if (rest !== '')
    return change(state, {
      do: 'run',
      command: 'channel.topic',
      args: { channel, topic: rest === NOTHING ? '' : rest },
    });
  const now = channels.get(channel)?.topic ?? '';
  return say(state, now === '' ? texts.topicNone : fill(texts.topicNow, { text: now }));
}

function mute(state: State): Step {
  const { current: conversation, texts } = state;
  if (conversation === undefined) return [state, []];
  const muted = state.conversations.get(conversation)?.notify === 'none';
  const done = fill(muted ? texts.unmuted : texts.muted, { name: titleOf(state, conversation) });
  const args = { conversation, notify: muted ? ('default' as const) : ('none' as const) };
  return change(state, { do: 'run', command: 'conversation.settings', args, done });
}

/** Without a name: the link for those who are not here at all. With one: that person is told of the channel, in private. */
function invite(state: State, rest: string, client: string): Step {
  const { current, texts } = state;
  if (rest === '') return change(state, { do: 'invite' });
  if (!current?.startsWith('#')) return say(state, texts.inviteDirect);
  const username = rest.replace(/^@/, '').split(/\s/)[0] ?? '';
  const message = fill(texts.invitation, { name: current });
  const done = fill(texts.invited, { name: username, channel: current });
  return change(state, { do: 'tell', username, message, client, done });
}

const change = (state: State, effect: Effect): Step => [state, [effect]];
const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
export const isMe = ({ me }: State, name: string): boolean => sameText(me, name);

/** The chosen message, else the last one of those whom it may be of. */
function chosen(state: State, of: (from: string) => boolean): EntryView | undefined {
  const { mode } = state;
  const entries = entriesOf(state).filter(isMessage);
  if (mode.kind === 'select') return entries.find(({ id }) => id === mode.id);
  return entries.findLast(({ from }) => of(from)) ?? entries.at(-1);
}

export function beginEdit(state: State, entry: EntryView): Step {
  if (!isMe(state, entry.from)) return say(state, state.texts.notYours);
  return [{ ...state, mode: { kind: 'edit', entry }, editor: editorOf(entry.message), notice: '' }, []];
}

export function askDelete(state: State, { id, from }: EntryView): Step {
  if (!isMe(state, from)) return say(state, state.texts.notYours);
  return [{ ...state, mode: { kind: 'delete', id }, notice: '' }, []];
}

function edit(state: State, { id, from }: EntryView, message: string): Step {
  if (!isMe(state, from)) return say(state, state.texts.notYours);
  const next: State = { ...state, mode: { kind: 'write' }, notice: '' };
  return change(next, { do: 'run', command: 'message.edit', args: { target: id, message } });
}

/** Taken away where it is there already. */
function react(state: State, { id, reactions = [] }: EntryView, emoji: string): Step {
  const on = !reactions.some((known) => known.emoji === emoji && known.users.some((user) => isMe(state, user)));
  const next: State = { ...state, mode: { kind: 'write' }, editor: EMPTY, notice: '' };
  return change(next, { do: 'run', command: 'message.react', args: { target: id, emoji, on } });
}
