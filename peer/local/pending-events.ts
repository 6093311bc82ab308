/**
 * The events of one tick, joined: of a thing that changed twice only the last state is told, and entries of one
 * conversation travel together. Conversations and receipts are marked and looked up when told, so that what is told is
 * never older than its cause. Things are set, not changed by steps: telling one twice does no harm, and order matters
 * only between a conversation's existence and what lies in it.
 */
import type { DoctorProgress } from '../../protocol/doctor.js';
import { toWire, type Entry } from '../../protocol/entry.js';
import { isMessage, isRow } from '../../protocol/entry-kinds.js';
import type { ConversationId, EntryId, Username } from '../../protocol/ids.js';
import type {
  ChannelView,
  HistoryView,
  LocalEvent,
  NoticeView,
  PersonView,
  PreferencesView,
  TrackerView,
  TransferView,
  Snapshot,
} from '../../protocol/local-api.js';
import { entryViews, entryViewText, viewerOf } from '../commands/entry-view.js';
import type { PeerEvents, PeerServices } from '../services.js';

/** Characters of one `entries` event, so that no browser is held by parsing one frame. */
const EVENT_TEXT_MAX = 256 * 1024;

interface AddedEntry {
  readonly entry: Entry;
  readonly client: string | undefined;
  /** Something was said of it before it came, or it answers another one. */
  readonly related: boolean;
}

/** All but what only says that other things are durable: those are told as they come. */
export type EventName = Exclude<keyof PeerEvents, 'durable'>;

export class PendingEvents {
  readonly #people = new Map<string, PersonView>();
  readonly #channels = new Map<string, ChannelView>();
  #tracker: TrackerView | undefined;
  readonly #conversations = new Set<ConversationId>();
  readonly #markedUnread = new Set<ConversationId>();
  readonly #entries = new Map<ConversationId, AddedEntry[]>();
  readonly #changed = new Map<ConversationId, Set<EntryId>>();
  readonly #receipts = new Set<ConversationId>();
  readonly #notices = new Map<string, NoticeView | undefined>();
  #reach = false;
  #preferences: PreferencesView | undefined;
  readonly #files = new Map<string, TransferView | undefined>();
  #history: [HistoryView | undefined] | undefined;
  #anew = false;
  readonly #doctor = new Map<string, DoctorProgress>();
  readonly #typing = new Map<string, PeerEvents['typing'][0]>();

  /** What to do with each event of the peer. */
  readonly take: { readonly [Name in EventName]: (...args: PeerEvents[Name]) => void } = {
    person: (person) => void this.#people.set(person.username, person),
    channel: (channel) => void this.#channels.set(channel.name, channel),
    tracker: (tracker) => {
      this.#tracker = tracker;
    },
    conversation: (id, marked) => {
      this.#conversations.add(id);
      if (marked) this.#markedUnread.add(id);
    },
    conversation_removed: (id) => void this.#conversations.add(id),
    receipts: ({ conversation }) => void this.#receipts.add(conversation),
    notice: (notice) => void this.#notices.set(notice.id, notice),
    notice_removed: (id) => void this.#notices.set(id, undefined),
    reach: () => {
      this.#reach = true;
    },
    preferences: (preferences) => {
      this.#preferences = preferences;
    },
    history: (history) => {
      this.#history = [history];
    },
    file: (transfer) => void this.#files.set(transfer.id, transfer),
    file_removed: (id) => void this.#files.set(id, undefined),
    blocks: () => {
      this.#anew = true;
    },
    // Whoever has to hear it is told by `Clients`, and hears nothing more.
    signed_out: () => undefined,
    doctor: (progress) => void this.#doctor.set(progress.user?.toLowerCase() ?? '', progress),
    typing: (typing) => void this.#typing.set(`${typing.conversation} ${typing.username}`, typing),
    entries: ({ conversation, entries, client, awaited }) => {
      const added = this.#entries.get(conversation) ?? [];
      for (const entry of entries) {
        if (!isRow(entry)) continue;
        const related = entry.data['reply_to'] !== undefined || awaited?.has(entry.id) === true;
        added.push({ entry, client: client?.get(entry.id), related });
      }
      if (added.length > 0) this.#entries.set(conversation, added);
    },
    changed: ({ conversation, ids }) => {
      const changed = this.#changed.get(conversation) ?? new Set();
      for (const id of ids) changed.add(id);
      this.#changed.set(conversation, changed);
    },
  };

  /** The same for a name that is known only when it happens; `args` are those that the event was emitted with. */
  takeAny(name: EventName, args: unknown[]): void {
    (this.take[name] as (...args: unknown[]) => void)(...args);
  }

  /** For the browser: each a LocalEvent as JSON. */
  eventTexts(services: PeerServices): string[] {
    const texts: string[] = [];
    const hides = (username: string): boolean => services.people.hides(username as Username);
    const tell = (event: LocalEvent): void => void texts.push(JSON.stringify(event));
    for (const person of this.people(services)) tell({ type: 'person', person });
    for (const channel of this.#channels.values()) tell({ type: 'channel', channel });
    if (this.#tracker) tell({ type: 'tracker', tracker: this.#tracker });
    const gone = new Set<ConversationId>();
    for (const id of this.#conversations) {
      const conversation = services.conversations.get(id);
      const marked = this.#markedUnread.has(id) && { markedUnread: true as const };
      if (conversation) tell({ type: 'conversation', conversation, ...marked });
      else {
        gone.add(id);
        tell({ type: 'conversation_removed', id });
      }
    }
    for (const [id, added] of this.#entries)
      if (!gone.has(id)) texts.push(...entriesTexts(services, id, added, this.#changed.get(id)));
    for (const [id, ids] of this.#changed) if (!gone.has(id)) texts.push(...changedTexts(services, id, ids));
    for (const conversation of this.#receipts) {
      if (!gone.has(conversation)) {
        tell(receiptsEvent(services, conversation));
      }
    }
    for (const [id, notice] of this.#notices)
      if (!notice?.username || !hides(notice.username))
        tell(notice ? { type: 'notice', notice } : { type: 'notice_removed', id });
    if (this.#reach) tell({ type: 'reach', reach: services.reach.view() });
    if (this.#preferences) tell({ type: 'preferences', preferences: this.#preferences });
    if (this.#history) {
      const [history] = this.#history;
      tell({ type: 'history', ...(history ? { history } : {}) });
    }
    for (const [id, transfer] of this.#files) {
      // A fresh snapshot names those that may be seen now, but none that is over, and somebody may wait for that.
      if (this.#anew && !(transfer && isSeenOver(services, transfer))) continue;
      tell(
        transfer
          ? { type: 'file', transfer: this.#anew ? seenOf(transfer, hides) : transfer }
          : { type: 'file_removed', id },
      );
    }
    for (const progress of this.#doctor.values())
      if (progress.user === undefined || !hides(progress.user)) tell({ type: 'doctor', ...progress });
    // Last: what they wrote before is there by now, and would end it.
    for (const typing of this.#typing.values())
      if (!gone.has(typing.conversation) && !hides(typing.username)) tell({ type: 'typing', ...typing });
    // One fresh snapshot, however much looks different: each window reads again what it shows.
    if (this.#anew) texts.push(JSON.stringify(snapshot(services)));
    return texts;
  }

  /**
   * For text mode: each message in its wire form, as it is when it comes. What was taken back by then is not told; what is
   * said of it later does not change a line that was printed.
   */
  entryTexts(services: PeerServices): string[] {
    const shown = [...this.#entries.values()]
      .flat()
      .filter(({ entry }) => isMessage(entry) && isShown(services, entry));
    return shown.flatMap(({ entry, related }) => {
      const changed = related || this.#changed.get(entry.conversation)?.has(entry.id) === true;
      const { deleted, edited } = (changed ? services.history.related(entry) : undefined) ?? {};
      if (deleted) return [];
      const now = edited ? { ...toWire(entry), message: edited.message, data: edited.data } : toWire(entry);
      return [JSON.stringify(now)];
    });
  }

  people({ people }: PeerServices): PersonView[] {
    return [...this.#people.values()].filter(({ username }) => !people.hides(username as Username));
  }
}

/** Whether it has come, and is shown to this user. */
function isSeenOver({ history }: PeerServices, { direction, state, entry }: TransferView): boolean {
  return (
    direction === 'down' && state === 'done' && entry !== undefined && history.entry(entry as EntryId) !== undefined
  );
}

/** Without those who were blocked since it was made. */
function seenOf(transfer: TransferView, hides: (username: string) => boolean): TransferView {
  const { liars, ...rest } = transfer;
  const seen = (names: string[]): string[] => names.filter((name) => !hides(name));
  return { ...rest, users: seen(transfer.users), ...(liars && { liars: seen(liars) }) };
}

function isShown({ people }: PeerServices, { from }: Entry): boolean {
  return !people.hides(from);
}

function receiptsEvent({ conversations }: PeerServices, conversation: ConversationId): LocalEvent {
  const receipts = conversations.receipts(conversation);
  const reads = conversations.reads?.(conversation) ?? {};
  return { type: 'receipts', conversation, receipts, ...(Object.keys(reads).length > 0 ? { reads } : {}) };
}

/** @param changed entries of which something was said in the same tick: they are told as they look now */
function entriesTexts(
  services: PeerServices,
  id: ConversationId,
  added: readonly AddedEntry[],
  changed: ReadonlySet<EntryId> | undefined,
): string[] {
  const { device } = services.account;
  const own = added.some(({ entry }) => entry.device === device);
  const viewer = own ? viewerOf(services, id) : { device, receipts: {}, files: services.files };
  const isAlert = services.preferences.alerts(services.account.username);
  const views = function* (): Generator<Text> {
    for (const { entry, client, related } of added) {
      if (!isShown(services, entry)) continue;
      const isPlain = !related && changed?.has(entry.id) !== true;
      const text = isPlain ? entryViewText(entry, viewer, client) : relatedText(services, entry, client);
      yield isAlert(entry) ? { text, alert: entry.id } : { text };
    }
  };
  return inFrames('entries', id, views());
}

function relatedText(services: PeerServices, entry: Entry, client: string | undefined): string {
  // Where it stands may have changed too.
  return entryViews(services, [services.history.entry(entry.id) ?? entry])
    .map((view) => JSON.stringify(client === undefined ? view : { ...view, client }))
    .join('');
}

/** What is not here, or no row, is no news to anybody. */
function changedTexts(services: PeerServices, id: ConversationId, ids: ReadonlySet<EntryId>): string[] {
  const entries = [...ids].flatMap((changed) => services.history.entry(changed) ?? []).filter(isRow);
  const views = entryViews(services, entries).map((view) => ({ text: JSON.stringify(view) }));
  return inFrames('changed', id, views);
}

/** A view as it is sent. */
interface Text {
  readonly text: string;
  /** Its id, where it is worth a notification. */
  readonly alert?: string;
}

function inFrames(type: 'entries' | 'changed', id: ConversationId, views: Iterable<Text>): string[] {
  const texts: string[] = [];
  let part = '';
  let alerts: string[] = [];
  const end = (): void => {
    const told = alerts.length > 0 ? `,"alerts":${JSON.stringify(alerts)}` : '';
    texts.push(`{"type":"${type}","conversation":${JSON.stringify(id)},"entries":[${part}]${told}}`);
    [part, alerts] = ['', []];
  };
  for (const { text, alert } of views) {
    if (part !== '' && part.length + text.length > EVENT_TEXT_MAX) end();
    part = part === '' ? text : `${part},${text}`;
    if (alert !== undefined) alerts.push(alert);
  }
  if (part !== '') end();
  return texts;
}

export { entryView, entryViews, type Viewer } from '../commands/entry-view.js';

/** Everything but history, at this instant. Takes no turn of the event loop: no event falls between its parts. */
export function snapshot(services: PeerServices): Snapshot {
  const history = services.conversations.coming?.();
  const { account, people, conversations, files, notices, preferences, p2p, reach, clock } = services;
  return {
    type: 'snapshot',
    version: 1,
    now: new Date(clock.now()).toISOString(),
    me: { username: account.username, device: account.device },
    tracker: people.tracker(),
    p2p: { host: p2p.host, port: p2p.port },
    reach: reach.view(),
    people: people.list(),
    blocked: people.blocked(),
    channels: people.channels(),
    conversations: conversations.list(),
    notices: notices.list(),
    preferences: preferences.view(),
    transfers: files.transfers(),
    ...(history ? { history } : {}),
  };
}
