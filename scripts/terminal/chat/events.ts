/** What the daemon tells, taken into the state. Pure. */
import type { Snapshot } from '../../../protocol/local-api.js';
import type { PeerEvent } from '../../process/peer-socket.js';
import { goTo, load, merged } from './conversations.js';
import { timelineLines } from './layout.js';
import { timelineOf, withTimeline, type State, type Step } from './model.js';

export function hear(state: State, event: PeerEvent): Step {
  switch (event.type) {
    case 'snapshot':
      return begin(state, event);
    case 'entries':
      return [arrived(state, event.conversation, event.entries), []];
    case 'changed': {
      // What was never opened stays not loaded.
      if (!state.timelines.has(event.conversation)) return [state, []];
      const there = timelineOf(state, event.conversation);
      const known = new Set(there.entries.map(({ id }) => id));
      const changed = event.entries.filter(({ id }) => known.has(id));
      return [withTimeline(state, event.conversation, { entries: merged(there.entries, changed) }), []];
    }
    case 'receipts': {
      const there = state.conversations.get(event.conversation);
      if (!there) return [state, []];
      const { receipts, reads } = event;
      const conversation = { ...there, receipts, ...(reads ? { reads } : {}) };
      return [{ ...state, conversations: withOne(state.conversations, there.id, conversation) }, []];
    }
    case 'person':
      return [{ ...state, people: withOne(state.people, event.person.username, event.person) }, []];
    case 'channel':
      return [{ ...state, channels: withOne(state.channels, event.channel.name, event.channel) }, []];
    case 'conversation':
      return [{ ...state, conversations: withOne(state.conversations, event.conversation.id, event.conversation) }, []];
    case 'conversation_removed': {
      const conversations = new Map(state.conversations);
      conversations.delete(event.id);
      const next = { ...state, conversations };
      const [first] = conversations.keys();
      return event.id === state.current && first !== undefined ? goTo(next, first) : [next, []];
    }
    case 'tracker':
      return [{ ...state, trouble: event.tracker.reason ?? '' }, []];
    case 'notice':
      return [{ ...state, notice: event.notice.text }, []];
    default:
      return [state, []];
  }
}

function withOne<Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): Map<string, Value> {
  return new Map(map).set(key, value);
}

/** The first one, that of a new connection, or all anew since somebody was blocked: what was loaded is read again. */
function begin(state: State, { me, people, channels, conversations, tracker }: Snapshot): Step {
  const next: State = {
    ...{ ...state, me: me.username, connected: true, timelines: new Map() },
    people: new Map(people.map((person) => [person.username, person])),
    channels: new Map(channels.map((channel) => [channel.name, channel])),
    conversations: new Map(conversations.map((conversation) => [conversation.id, conversation])),
    trouble: tracker.reason ?? '',
    notice: state.connected ? state.notice : state.texts.back,
    scroll: 0,
  };
  if (next.current === undefined) {
    const first = next.conversations.has('#general') ? '#general' : next.conversations.keys().next().value;
    return first === undefined ? [next, []] : goTo(next, first);
  }
  // What came meanwhile was not seen as it came.
  const there = next.conversations.get(next.current);
  const readUpTo = (there?.unread ?? 0) > 0 ? there?.readUpTo : next.readUpTo;
  return load({ ...next, readUpTo }, next.current, {});
}

function arrived(state: State, conversation: string, entries: Parameters<typeof merged>[1]): State {
  const there = timelineOf(state, conversation);
  const clients = new Set(entries.flatMap(({ client }) => client ?? []));
  const pending = state.pending.filter(({ client }) => !clients.has(client));
  // What is not loaded, or ends before them, is read when it is gone to.
  if (!state.timelines.has(conversation) || there.newer) return { ...state, pending };
  const next = withTimeline({ ...state, pending }, conversation, { entries: merged(there.entries, entries) });
  if (conversation !== state.current || state.scroll === 0) return next;
  // What is looked at stays where it is.
  return { ...next, scroll: state.scroll + timelineLines(next).length - timelineLines(state).length };
}
