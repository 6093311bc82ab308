/** A peer in memory for the tests of its ways in: real events, real entries, no network and no disk. */
import type { ReachView } from '../../protocol/reach.js';
import { EventEmitter } from 'node:events';
import { entryId, type Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import {
  channelConversation,
  conversationParts,
  otherParty,
  type ChannelName,
  type ConversationId,
  type Username,
} from '../../protocol/ids.js';
import type { ChannelView, NoticeView, PersonView, TrackerView } from '../../protocol/local-api.js';
import type { Log, PeerEmitter, PeerServices, PostRequest, Trust } from '../services.js';
import { TestConversations, type Room } from './test-conversations.js';
import { TestFiles } from './test-files.js';
import { TestHistory } from './test-history.js';
import { channel, deviceOf, username } from './test-names.js';
import { testAccount } from './test-account.js';
import { testReach } from './test-names.js';
import { TestPersonal } from './test-personal.js';

export { channel, conversation, username } from './test-names.js';
export { PASSWORD } from './test-account.js';

const ignore = (): void => undefined;

export class TestPeer implements PeerServices {
  readonly events: PeerEmitter = new EventEmitter();
  readonly p2p = { host: '127.0.0.1', port: 9101 };
  reached: ReachView = {};
  readonly reach = testReach(() => this.reached);
  /** Errors that reached the log. */
  readonly errors: object[] = [];
  readonly log: Log = { debug: ignore, info: ignore, warn: ignore, error: (fields) => void this.errors.push(fields) };
  /** Appends of each commit: how well they were gathered. */
  readonly commits: number[] = [];
  nowMs = Date.parse('2026-11-20T06:27:00.123Z');
  readonly clock = { now: (): number => this.nowMs };
  readonly #rooms = new Map<ConversationId, Room>();
  /** Channels that were left: their history stays, as in life. */
  readonly #left = new Map<ConversationId, Room>();
  readonly #people = new Map<string, PersonView>();
  readonly #channels = new Map<string, ChannelView>();
  readonly #notices = new Map<string, NoticeView>();
  readonly #byClient = new Map<string, Promise<Entry>>();
  #tracker: TrackerView = { url: 'http://127.0.0.1:8001', state: 'connected' };
  #waiting: { post: PostRequest; resolve: (entry: Entry) => void }[] = [];
  ready = true;
  logins = 0;
  /** Held back until called, when set: a commit that takes long. */
  holdCommits = false;

  constructor(readonly me: Username = username('alice')) {
    this.person({ username: me, presence: 'online', link: 'self' });
    this.person({ username: 'Bob', presence: 'online', link: 'linked' });
    this.join(channel('general'));
    this.join(channel('broadcast'));
  }

  readonly invites = {
    make: async () => ({ tracker: 'http://127.0.0.1:8001', link: 'http://127.0.0.1:8001/join', command: 'parley' }),
  };

  readonly account = testAccount(this);
  readonly accepted: { ca: string; register: boolean }[] = [];
  readonly changedPasswords: { next: string; devices: 'stay' | 'sign_out' }[] = [];

  readonly writer = {
    append: (post: PostRequest): Promise<Entry> => {
      const before = post.client === undefined ? undefined : this.#byClient.get(post.client);
      if (before) return before;
      const entry = new Promise<Entry>((resolve) => this.#waiting.push({ post, resolve }));
      if (post.client !== undefined) this.#byClient.set(post.client, entry);
      if (this.#waiting.length === 1 && !this.holdCommits) setImmediate(() => this.commit());
      return entry;
    },
  };

  readonly history = new TestHistory(
    (id) => this.#rooms.get(id)?.entries ?? [],
    () => [...this.#rooms.values()].flatMap(({ entries }) => entries),
    (name) => this.people.hides(name),
  );

  readonly files = new TestFiles({
    events: this.events,
    entries: () =>
      [...this.#rooms.values()].flatMap(({ entries }) => entries).filter(({ from }) => !this.people.hides(from)),
  });

  readonly conversations = ((peer: TestPeer) =>
    new TestConversations({
      get me() {
        return peer.me;
      },
      get rooms() {
        return peer.#rooms;
      },
      events: peer.events,
      history: peer.history,
      get people() {
        return peer.people;
      },
      room: (id) => peer.#room(id),
    }))(this);

  readonly membership = {
    joined: (): ChannelName[] =>
      [...this.#rooms.keys()].flatMap((id) => {
        const parts = conversationParts(id);
        return parts?.kind === 'channel' ? [parts.channel] : [];
      }),
    join: async (name: ChannelName): Promise<ConversationId> => this.join(name),
    leave: async (name: ChannelName): Promise<void> => this.leave(name),
    setTopic: async (name: ChannelName, topic: string): Promise<void> =>
      this.#channel({ name, topic, members: 2, joined: true }),
  };

  readonly people = {
    list: (): PersonView[] => [...this.#people.values()].filter(({ blocked }) => blocked !== true),
    blocked: (): string[] => [...this.#people.values()].flatMap(({ blocked, username }) => (blocked ? [username] : [])),
    channels: (): ChannelView[] => [...this.#channels.values()],
    tracker: (): TrackerView => this.#tracker,
    person: (name: Username): PersonView | undefined =>
      [...this.#people.values()].find((person) => person.username.toLowerCase() === name.toLowerCase()),
    find: async (name: Username): Promise<void> => {
      if (!this.people.person(name)) throw new ParleyError('unknown_user');
    },
    missing: async (name: Username): Promise<string | undefined> =>
      this.people.person(name) ? undefined : `Nobody here is called ${name}.`,
    named: (): undefined => undefined,
    watch: (): void => undefined,
    onlineIn: async (): Promise<undefined> => undefined,
    search: async (text: string) => ({
      people: this.people.list().filter(({ username }) => username.includes(text)),
      more: false,
      checked: true,
    }),
    hides: (name: Username): boolean => this.people.person(name)?.blocked === true,
    choose: (name: Username, choice: object): void => {
      const hidden = this.people.hides(name);
      this.personal.choose(name, choice);
      if (this.people.hides(name) !== hidden) this.events.emit('blocks');
    },
    connect: async (name: Username, host: string, port: number): Promise<void> => {
      if (port === 1) throw new ParleyError('unavailable', `${host} does not answer.`);
      this.person({ username: name, presence: 'online', link: 'linked' });
    },
  };

  readonly notices = {
    list: (): NoticeView[] => [...this.#notices.values()],
    dismiss: (id: string): void => {
      if (!this.#notices.delete(id)) throw new ParleyError('not_found');
      this.events.emit('notice_removed', id);
    },
  };

  /** What the user chose and said of themself. */
  readonly personal = new TestPersonal(this);
  readonly profiles = this.personal.profiles;
  readonly hooks = this.personal.hooks;
  readonly preferences = this.personal.preferences;

  readonly trust: Trust = {
    safetyNumber: async () => ({ number: '0'.repeat(60), devices: [] }),
    verify: async () => undefined,
    devices: async () => [{ device: this.account.device, current: true, revoked: false }],
    revoke: async () => undefined,
    rename: async () => undefined,
  };

  person(person: PersonView): void {
    this.#people.set(person.username, person);
    this.events.emit('person', person);
  }

  tracker(tracker: TrackerView): void {
    this.#tracker = tracker;
    this.events.emit('tracker', tracker);
  }

  notice(notice: NoticeView): void {
    this.#notices.set(notice.id, notice);
    this.events.emit('notice', notice);
  }

  join(name: ChannelName): ConversationId {
    const id = channelConversation(name);
    this.#room(id);
    this.#channel({ ...this.#channels.get(name), name, topic: '', members: 2, joined: true });
    return id;
  }

  leave(name: ChannelName): void {
    const id = channelConversation(name);
    this.#channel({ ...this.#channels.get(name), name, topic: '', members: 1, joined: false });
    const room = this.#rooms.get(id);
    if (!room) return;
    this.#left.set(id, room);
    this.#rooms.delete(id);
    this.events.emit('conversation_removed', id);
  }

  /** Bob's devices now hold everything of ours in a conversation. */
  receipt(id: ConversationId): void {
    const room = this.#room(id);
    room.receipts['bob'] = room.entries.findLast(({ device }) => device === deviceOf(this.me))?.seq ?? 0;
    this.events.emit('receipts', { conversation: id });
  }

  /** Entries of another user, or own ones, committed in one go. */
  add(id: ConversationId, from: Username, messages: readonly string[], client?: ReadonlyMap<number, string>): Entry[] {
    const texts = messages.map((message) => ({ kind: 'text', message, data: {} }));
    return this.write(id, from, texts, client);
  }

  /** The same of any kinds. */
  write(
    id: ConversationId,
    from: Username,
    said: readonly Pick<Entry, 'kind' | 'message' | 'data'>[],
    client?: ReadonlyMap<number, string>,
  ): Entry[] {
    const room = this.#room(id);
    const entries = said.map((what) => {
      const device = deviceOf(from);
      const last = room.entries.findLast((entry) => entry.device === device);
      const [seq, prev] = last ? [last.seq + 1, last.id] : ([1, ''] as const);
      const time = new Date(this.nowMs).toISOString();
      const { kind, message, data } = what;
      const fields = { conversation: id, from, device, seq, prev, time, kind, message, data } as const;
      const entry: Entry = { ...fields, id: entryId(fields) };
      room.entries.push(entry);
      return entry;
    });
    const marks = new Map(
      entries.flatMap(({ id }, at) => (client?.has(at) ? [[id, client.get(at) ?? ''] as const] : [])),
    );
    this.events.emit('entries', { conversation: id, entries, client: marks });
    const changed = this.history.changedBy(id, entries);
    if (changed.length > 0) this.events.emit('changed', { conversation: id, ids: changed });
    this.events.emit('conversation', id);
    this.events.emit('durable');
    return entries;
  }

  /** Entries of the other party, whoever that is. */
  receive(id: ConversationId, message: string): void {
    const other = otherParty(id, this.me);
    this.add(id, username(other ?? 'Bob'), [message]);
  }

  commit(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.commits.push(waiting.length);
    for (const id of new Set(waiting.map(({ post }) => post.conversation))) {
      const posts = waiting.filter(({ post }) => post.conversation === id);
      const clients = posts.flatMap(({ post }, at) => (post.client === undefined ? [] : [[at, post.client] as const]));
      const said = posts.map(({ post }) => post);
      const entries = this.write(id, this.me, said, new Map(clients));
      for (const [at, { resolve }] of posts.entries()) {
        const entry = entries[at];
        if (entry) resolve(entry);
      }
    }
  }

  /** So many are in it. */
  fillChannel(name: string, members: number): void {
    const known = this.#channels.get(name);
    if (known) this.#channel({ ...known, members });
  }

  /** An admin has renamed or closed it. */
  changeChannel(name: string, change: Pick<ChannelView, 'title' | 'state'>): void {
    const known = this.#channels.get(name);
    if (known) this.#channel({ ...known, ...change });
  }

  #channel(view: ChannelView): void {
    this.#channels.set(view.name, view);
    this.events.emit('channel', view);
  }

  #room(id: ConversationId): Room {
    const known = this.#rooms.get(id);
    if (known) return known;
    const room: Room = this.#left.get(id) ?? { entries: [], receipts: {}, read: undefined };
    this.#rooms.set(id, room);
    this.events.emit('conversation', id);
    return room;
  }
}
