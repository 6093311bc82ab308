import type { ConversationView, EntryView, LocalEvent, Snapshot } from '../../protocol/local-api.js';
import type { EventReader } from './events.js';

/** The reducer of a window, as plain as it can be: the law is about what it is told, not how it draws. */
export class Window implements EventReader {
  readonly #texts: string[] = [];
  restarts = 0;

  enqueue(frames: readonly Buffer[]): void {
    this.#texts.push(...frames.map(String));
  }

  flush(): void {
    // What is enqueued counts as read.
  }

  restart(): void {
    this.restarts += 1;
  }

  get state(): Snapshot {
    const told = this.#texts.map((text) => JSON.parse(text) as Snapshot | LocalEvent);
    const [first, ...events] = told.slice(told.findLastIndex(({ type }) => type === 'snapshot'));
    const state = first as Snapshot;
    for (const event of events) apply(state, event as LocalEvent);
    return state;
  }

  get entries(): EntryView[] {
    const events = this.#texts.slice(1).map((text) => JSON.parse(text) as LocalEvent);
    return events.flatMap((event) => (event.type === 'entries' ? event.entries : []));
  }
}

function apply(state: Snapshot, event: LocalEvent): void {
  switch (event.type) {
    case 'person':
      return put(state.people, event.person, 'username');
    case 'channel':
      return put(state.channels, event.channel, 'name');
    case 'tracker':
      state.tracker = event.tracker;
      return;
    case 'reach':
      state.reach = event.reach;
      return;
    case 'notice':
      return put(state.notices, event.notice, 'id');
    case 'notice_removed':
      state.notices = state.notices.filter(({ id }) => id !== event.id);
      return;
    case 'conversation':
      return put(state.conversations, event.conversation, 'id');
    case 'conversation_removed':
      state.conversations = state.conversations.filter(({ id }) => id !== event.id);
      return;
    case 'preferences':
      state.preferences = event.preferences;
      return;
    case 'file':
      return put(state.transfers, event.transfer, 'id');
    case 'file_removed':
      state.transfers = state.transfers.filter(({ id }) => id !== event.id);
      return;
    case 'history':
      if (event.history) state.history = event.history;
      else delete state.history;
      return;
    case 'doctor':
      return;
    case 'typing':
      // Of the moment, and in no snapshot; but never of a conversation that is not there.
      return withConversation(state, event.conversation, () => undefined);
    case 'changed':
      return withConversation(state, event.conversation, (view) => {
        view.latest = event.entries.find(({ id }) => id === view.latest?.id) ?? view.latest;
      });
    case 'entries':
      return withConversation(state, event.conversation, (view) => {
        for (const entry of event.entries)
          if (!view.latest || after(entry, view.latest)) view.latest = withoutMark(entry);
      });
    case 'receipts':
      return withConversation(state, event.conversation, (view) => {
        view.receipts = event.receipts;
        const { latest } = view;
        const held = latest && Object.values(event.receipts).some((seq) => seq >= latest.seq);
        if (held && latest.device === state.me.device) latest.state = 'delivered';
      });
  }
}

function put<Key extends string, Item extends Record<Key, string>>(items: Item[], item: Item, key: Key): void {
  const at = items.findIndex((known) => known[key] === item[key]);
  if (at < 0) items.push(item);
  else items[at] = item;
}

/** Entries of a conversation that is not there would be a breach of the law: nothing is made up for them. */
function withConversation(state: Snapshot, id: string, change: (view: ConversationView) => void): void {
  const view = state.conversations.find((known) => known.id === id);
  if (!view) throw new Error(`an event for ${id}, which does not exist`);
  change(view);
}

function after(a: EntryView, b: EntryView): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.device === b.device ? a.seq >= b.seq : a.device > b.device;
}

function withoutMark({ client: _, ...entry }: EntryView): EntryView {
  return entry;
}

/** As a set: order within the lists is the reader's own. */
export function comparable(state: Snapshot): object {
  const by = <Item>(items: readonly Item[], key: (item: Item) => string): Item[] =>
    items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    ...state,
    now: '',
    people: by(state.people, ({ username }) => username),
    blocked: state.blocked.toSorted(),
    channels: by(state.channels, ({ name }) => name),
    conversations: by(state.conversations, ({ id }) => id),
    notices: by(state.notices, ({ id }) => id),
    transfers: by(state.transfers, ({ id }) => id),
  };
}
