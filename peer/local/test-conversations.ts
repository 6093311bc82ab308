/** Test support: conversations in memory, and how far they were read. */
import type { Entry } from '../../protocol/entry.js';
import { isRow } from '../../protocol/entry-kinds.js';
import { ParleyError } from '../../protocol/errors.js';
import { directConversation, type ConversationId, type EntryId, type Username } from '../../protocol/ids.js';
import type {
  AutoFetch,
  ChosenNotify,
  ConversationView,
  Notify,
  PersonView,
  Retention,
} from '../../protocol/local-api.js';
import { entryView } from '../commands/entry-view.js';
import type { Conversations, PeerEmitter } from '../services.js';
import type { TestHistory } from './test-history.js';
import { deviceOf } from './test-names.js';

export interface Room {
  readonly entries: Entry[];
  readonly receipts: Record<string, number>;
  read: EntryId | undefined;
  notify?: Notify;
  autoFetch?: AutoFetch;
  retention?: Retention | 'default';
}

export interface AroundRooms {
  readonly me: Username;
  readonly events: PeerEmitter;
  readonly history: TestHistory;
  readonly people: { list(): PersonView[]; hides(name: Username): boolean };
  readonly rooms: ReadonlyMap<ConversationId, Room>;
  /** Makes it appear. */
  room(id: ConversationId): Room;
}

export class TestConversations implements Conversations {
  /** Where the user was said to write. */
  readonly written: ConversationId[] = [];

  constructor(private readonly around: AroundRooms) {}

  list = (): ConversationView[] => [...this.around.rooms.keys()].flatMap((id) => this.get(id) ?? []);

  get = (id: ConversationId): ConversationView | undefined => {
    const { me, history, rooms } = this.around;
    const room = rooms.get(id);
    if (!room) return undefined;
    const latest = history.page(id, undefined, 1).entries[0];
    const receipts = this.receipts(id);
    const viewer = { device: deviceOf(me), receipts };
    return {
      id,
      unread: this.unread(room).length,
      receipts,
      ...(room.notify === undefined || room.notify === 'all' ? {} : { notify: room.notify }),
      ...(room.retention === undefined || room.retention === 'default' ? {} : { retention: room.retention }),
      ...(room.autoFetch === undefined || room.autoFetch === 'default' ? {} : { autoFetch: room.autoFetch }),
      ...(room.read === undefined ? {} : { readUpTo: room.read }),
      ...(latest === undefined ? {} : { latest: entryView(latest, viewer, history.related(latest)) }),
    };
  };

  markRead = async (id: ConversationId, upTo: EntryId): Promise<void> => {
    const room = this.around.rooms.get(id);
    if (!room?.entries.some((entry) => entry.id === upTo)) throw new ParleyError('not_found');
    room.read = upTo;
    this.around.events.emit('conversation', id);
  };

  markUnread = async (id: ConversationId, from: EntryId): Promise<void> => {
    const room = this.around.rooms.get(id);
    const at = room?.entries.findIndex((entry) => entry.id === from) ?? -1;
    if (!room || at < 0) throw new ParleyError('not_found');
    room.read = room.entries[at - 1]?.id;
    this.around.events.emit('conversation', id, 'unread');
  };

  openDirect = (name: Username): ConversationId => {
    const { me, people, room } = this.around;
    if (!people.list().some((person) => person.username.toLowerCase() === name.toLowerCase())) {
      throw new ParleyError('unknown_user');
    }
    const id = directConversation(me, name);
    room(id);
    return id;
  };

  receipts = (id: ConversationId): Record<string, number> => {
    const all = Object.entries(this.around.rooms.get(id)?.receipts ?? {});
    return Object.fromEntries(all.filter(([user]) => !this.around.people.hides(user as Username)));
  };

  members = (id: ConversationId): string[] => [
    ...new Set([this.around.me, ...(this.around.rooms.get(id)?.entries ?? []).map(({ from }) => from)]),
  ];

  setNotify = (id: ConversationId, notify: ChosenNotify): void => {
    const room = this.around.room(id);
    if (notify === 'default') delete room.notify;
    else room.notify = notify;
    this.around.events.emit('conversation', id);
  };

  setRetention = (id: ConversationId, days: Retention | 'default'): void => {
    this.around.room(id).retention = days;
    this.around.events.emit('conversation', id);
  };

  setAutoFetch = (id: ConversationId, auto: AutoFetch): void => {
    this.around.room(id).autoFetch = auto;
    this.around.events.emit('conversation', id);
  };

  typed = (id: ConversationId): void => void this.written.push(id);

  private unread({ entries, read }: Room): Entry[] {
    const arrived = entries.slice(entries.findIndex((entry) => entry.id === read) + 1);
    const { history, people } = this.around;
    const counts = (entry: Entry): boolean =>
      isRow(entry) && !people.hides(entry.from) && !history.related(entry)?.deleted;
    return arrived.filter(counts);
  }
}
