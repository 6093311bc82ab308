/**
 * What the parts of a peer offer to its doors (browser, terminal, gRPC, bots): the narrow interfaces that commands and the
 * local server are given. `peer/peer.ts` implements them; a test may implement one with the real part behind it.
 */
import type { EventEmitter } from 'node:events';
import type { DoctorProgress } from '../protocol/doctor.js';
import type { Entry } from '../protocol/entry.js';
import type { ChannelName, ConversationId, DeviceId, EntryId, UserKey, Username } from '../protocol/ids.js';
import type {
  ChannelView,
  CommandResults,
  ConversationView,
  AutoFetch,
  HistoryView,
  NoticeView,
  ChosenNotify,
  PersonView,
  PreferencesView,
  TrackerView,
  TransferView,
  Retention,
} from '../protocol/local-api.js';
import type { Related } from '../protocol/related.js';
import type { SearchWord } from '../protocol/search-query.js';
import type { Files } from './file-services.js';
import type { Hooks } from './hook-services.js';
import type { Preferences, Profiles } from './personal-services.js';
import type { Reachability } from './reach-services.js';
import type { Invites, Trust } from './trust-services.js';

export type { Picture, Preferences, Profiles } from './personal-services.js';
export type { Invites, Trust } from './trust-services.js';
export type { FileListRequest, Files, OpenFile, TakenFile } from './file-services.js';

/** As pino: `log.warn({ err, link }, 'text')`. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** Everything that climbs. Whoever draws or forwards listens here; nobody calls upwards. */
export interface PeerEvents {
  /** Committed here: others' entries after the transaction, own ones after the fsync as well. In order within a log. */
  entries: [
    added: {
      conversation: ConversationId;
      entries: readonly Entry[];
      client?: ReadonlyMap<EntryId, string>;
      /** Those of which something was said before they came. */
      awaited?: ReadonlySet<EntryId>;
    },
  ];
  /** What was told of is durable now, so that `History.arrived` goes further. */
  durable: [];
  /** Entries that were here look different now: edited, deleted, reacted to, pinned, or what they answer was. */
  changed: [changed: { conversation: ConversationId; ids: readonly EntryId[] }];
  /** Another user's devices now hold more of this device's log, or the user has read more of it. */
  receipts: [changed: { conversation: ConversationId }];
  person: [person: PersonView];
  channel: [channel: ChannelView];
  /** Unread count, read mark, or existence changed. `marked`: the user made a part of it unread again, in whichever door. */
  conversation: [id: ConversationId, marked?: 'unread'];
  conversation_removed: [id: ConversationId];
  tracker: [tracker: TrackerView];
  /** How others reach this device has changed. */
  reach: [];
  notice: [notice: NoticeView];
  notice_removed: [id: string];
  preferences: [preferences: PreferencesView];
  /** The history that another device of the user brings is further; undefined: nothing more is to come. */
  history: [history: HistoryView | undefined];
  /** A file that comes or goes is further; its last one says `done`, where it was not removed. At most 4 a second of each. */
  file: [transfer: TransferView];
  file_removed: [id: string];
  /** The user blocks other people than before, or old messages were forgotten: anything may look different now. */
  blocks: [];
  /** Nobody is signed in here any more: all windows and programs need the password again. */
  signed_out: [];
  /** An examination of the doctor is further; of this moment alone. */
  doctor: [progress: DoctorProgress];
  /** Somebody writes there now; of this moment alone. */
  typing: [typing: { conversation: ConversationId; username: Username }];
}
export type PeerEmitter = EventEmitter<PeerEvents>;

export interface PostRequest {
  readonly conversation: ConversationId;
  readonly kind: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The caller's own mark; a second post with the same one answers the first one's entry. */
  readonly client?: string;
}

export interface Writer {
  /** Resolves when the entry is durable here. Rejects with a ParleyError; then nothing was written. */
  append(post: PostRequest): Promise<Entry>;
}

/** At most one of them; without any, the newest. */
export interface HistoryPlace {
  /** The oldest. */
  readonly first?: true | undefined;
  readonly before?: EntryId | undefined;
  readonly after?: EntryId | undefined;
  readonly around?: EntryId | undefined;
  /** What came here after this entry had come, in the order of arrival: misses nothing, also of what stands before it. */
  readonly since?: EntryId | undefined;
}

/** What a search found; `behind` where the index has not reached the newest entries, so that there may be more. */
export interface Found {
  readonly entries: Entry[];
  readonly more: boolean;
  readonly behind?: boolean;
}

/** `place`: where the order goes on, behind one entry or all of them. */
export interface Arrived {
  readonly arrivals: readonly { readonly entry: Entry; readonly place: string }[];
  readonly place: string;
  readonly more: boolean;
}

export interface SearchRequest {
  /** All of them are meant. */
  readonly words: readonly SearchWord[];
  /** Written by one of them. */
  readonly users: readonly UserKey[] | undefined;
  /** And by none of these. */
  readonly but?: readonly UserKey[];
  /** In one of them. */
  readonly conversations: readonly ConversationId[];
  readonly file: boolean;
  readonly link: boolean;
  /** Milliseconds since 1970: not before `from`, and before `to`. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** The last entry of the page before. */
  readonly after: EntryId | undefined;
  readonly limit: number;
}

export interface History {
  /** Rows of the timeline, oldest first: at most `limit`. @throws not_found when the place is no row of it */
  page(
    conversation: ConversationId,
    place: HistoryPlace | undefined,
    limit: number,
  ): { entries: Entry[]; more: boolean; newer: boolean };
  /**
   * Of all conversations, rows or not, in the order in which they became durable here: at most `limit`, fewer where some are not shown.
   * `after`: a place given before, by an earlier process too, or `0`, the beginning; without it, none. @throws not_found
   */
  arrived(after: string | undefined, limit: number): Arrived;
  entry(id: EntryId): Entry | undefined;
  /** How an entry looks by what was said of it; undefined for as it was written. */
  related(entry: Entry): Related | undefined;
  /** The last pinned first. */
  pins(conversation: ConversationId, limit: number): Entry[];
  /** Newest first. @throws (rejects with) not_found when the page before is not here */
  search(request: SearchRequest): Promise<Found>;
}

export interface Conversations {
  /** What is fetched from another device of the user now. */
  coming?(): HistoryView | undefined;
  list(): ConversationView[];
  /** Undefined when the user is in no such conversation. */
  get(id: ConversationId): ConversationView | undefined;
  /** @throws not_found when the entry is not here */
  markRead(id: ConversationId, upTo: EntryId): Promise<void>;
  /** Makes everything from this entry on unread again. @throws not_found when it is no row of it */
  markUnread(id: ConversationId, from: EntryId): Promise<void>;
  /** Makes the direct conversation with a user appear. @throws unknown_user */
  openDirect(username: Username): ConversationId;
  /** User keys → up to which seq of this device's log every known device of theirs holds it. */
  receipts(id: ConversationId): Record<string, number>;
  /** User keys → up to which seq of this device's log they have read; absent where nobody can say. */
  reads?(id: ConversationId): Record<string, number>;
  /** User names as they write them, sorted: who is in it as far as is known here. */
  members(id: ConversationId): string[];
  /** What is worth a notification there. */
  setNotify(id: ConversationId, notify: ChosenNotify): void;
  /** Which of its files come by themselves. */
  setAutoFetch(id: ConversationId, auto: AutoFetch): void;
  /** Days after which this device forgets what its messages say. */
  setRetention(id: ConversationId, days: Retention | 'default'): void;
  /** The user writes there: the others are told now and then. */
  typed(id: ConversationId): void;
}

export interface Membership {
  joined(): readonly ChannelName[];
  /**
   * Durable when it resolves: the tracker has taken it, or is away and told when it is back. What it refuses is not joined.
   * @throws channel_archived, channel_confusable, channel_deleted, forbidden, rate_limited
   */
  join(channel: ChannelName): Promise<ConversationId>;
  leave(channel: ChannelName): Promise<void>;
  /** Durable when it resolves; the tracker is told now or when it is back. @throws not_member, bad_request */
  setTopic(channel: ChannelName, topic: string): Promise<void>;
}

/** Who is online in a channel. */
export interface OnlineMembers {
  readonly usernames: readonly Username[];
  /** How many users are, also beyond those that are named; undefined where the tracker does not say. */
  readonly online: number | undefined;
}

export interface People {
  /** Everybody known here but whom the user blocks. */
  list(): PersonView[];
  /** Whom the user blocks, as they write their names: to be unblocked. */
  blocked(): string[];
  channels(): ChannelView[];
  tracker(): TrackerView;
  /** Whether the user has blocked them: nothing that they wrote, did or say of themselves is told. */
  hides(username: Username): boolean;
  /** By name, whatever its case; undefined for nobody who is known here. */
  person(username: Username): PersonView | undefined;
  /** Makes somebody known who was never here at the same time, by the tracker's word. @throws unknown_user, user_unchecked */
  find(username: Username): Promise<void>;
  /** Why a name that is looked for leads to nobody, in words; undefined for who is there, and where that cannot be told soon. */
  missing(username: Username): Promise<string | undefined>;
  /** The same for those whom a text names, as far as it can be done at once; undefined where there is nothing to wait for. */
  named(message: string): Promise<void> | undefined;
  /** People by a part of their name, of here and of the tracker. */
  search(text: string): Promise<CommandResults['people.find']>;
  /** Somebody shows them: where so many are online that the tracker tells of a part, it is asked to tell of these. */
  watch(usernames: readonly Username[]): void;
  /** Who is online in a channel, by the tracker's word, where not all of them are known here; undefined where they are, and while the tracker is away. */
  onlineIn(channel: ChannelName): Promise<OnlineMembers | undefined>;
  /** Dials an address by hand. Rejects with the reason, for people. */
  connect(username: Username, host: string, port: number): Promise<void>;
  /** What this user has chosen of somebody known here; what is absent stays. @throws bad_request, unknown_user */
  choose(username: Username, choice: { friend?: boolean; muted?: boolean; blocked?: boolean }): void;
}

export interface Notices {
  list(): NoticeView[];
  dismiss(id: string): void;
}

/** The user's account: one daemon, one user. */
export interface Account {
  readonly username: Username;
  readonly device: DeviceId;
  /** Whether this daemon has ever been signed in, so that it has an identity and may open its history. */
  readonly ready: boolean;
  /**
   * Checks the password: at the tracker, or against the hash kept from the last success when the tracker is away. Makes
   * the account first when `register`, with the code of an invite where one is given. Signs the daemon in where it is not. @throws invalid_credentials, account_unknown (for
   * a password that was right once), name_taken, invite_needed, invite_over, tracker_unreachable, rate_limited
   */
  login(password: string, register: boolean, invite?: string): Promise<void>;
  /**
   * A new password, and with it an end to all sessions but the caller's own; `devices`: what becomes of the other devices.
   * @throws invalid_credentials, bad_password, rate_limited, not_signed_in, password_unsure
   */
  changePassword(old: string, next: string, devices: 'stay' | 'sign_out'): Promise<void>;
  /** All devices and windows need the password again, these too. @throws not_signed_in, tracker_unreachable */
  signOutEverywhere(): Promise<void>;
  /**
   * Goes on with the tracker that shows this CA, as the user says that it is theirs, set up anew. Once it resolves the peer
   * is about to be opened anew. @throws certificate_unknown when none shows it, and as the tracker refuses
   */
  accept(ca: string, password: string, register: boolean): Promise<void>;
}

/** All that a door of the peer needs. */
export interface PeerServices {
  readonly events: PeerEmitter;
  readonly account: Account;
  readonly writer: Writer;
  readonly history: History;
  readonly conversations: Conversations;
  readonly membership: Membership;
  readonly people: People;
  readonly notices: Notices;
  readonly profiles: Profiles;
  readonly preferences: Preferences;
  readonly trust: Trust;
  readonly invites: Invites;
  readonly files: Files;
  readonly hooks: Hooks;
  readonly reach: Reachability;
  readonly p2p: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  readonly log: Log;
}
