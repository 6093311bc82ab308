/** Browser ↔ peer (SPEC.md section 8): what the daemon can be asked to do. One table for all doors. */
import Type, { type Static, type TSchema } from 'typebox';
import type { DoctorReport } from './doctor.js';
import { FileLooks, FileName, Mime, Sha256 } from './file-facts.js';
import { AutoFetch, FileKindView, FilePreferences, type FileUsage, type FileView } from './local-file-views.js';
import { HookCreate, type HookCreated, type HookView } from './local-hooks.js';
import { InviteMake, type InviteView } from './local-invite.js';
import { ChosenNotify, NotifyRulesChange } from './local-notify.js';
import { Retention, RetentionRule } from './local-retention.js';
import { ProfileChange, type ProfileView } from './local-profile.js';
import type { ChannelView, DeviceView, EntryView, PersonView, PreferencesView, SafetyDevice } from './local-views.js';

const Conversation = Type.String({ minLength: 1, maxLength: 80 });
const Name = Type.String({ minLength: 1, maxLength: 64 });
/** As many rows as a list of a window has. */
const WATCHED_MAX = 200;
const Id = Type.String({ maxLength: 64 });
const Emoji = Type.String({ minLength: 1, maxLength: 64 });
const Limit = Type.Integer({ minimum: 1, maximum: 200 });

/**
 * Every command by its name on the wire, with the schema of its arguments. One table for all doors. No argument is called
 * `id` or `command`: they stand beside those of the envelope.
 */
export const commandSchemas = {
  /** → `{entry: EntryView}`, once it is durable here. `@name` of somebody known becomes a mention. */
  'message.post': Type.Object({
    conversation: Conversation,
    message: Type.String({ maxLength: 65_536 }),
    /** The entry of the same conversation that this one answers. */
    replyTo: Type.Optional(Id),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    client: Type.Optional(Type.String({ maxLength: 64 })),
    /** Whether `@here` and `@all` in it call anybody. Absent: in a channel of at most CALL_UNASKED members; else the user is asked. */
    call: Type.Optional(Type.Boolean()),
  }),
  /** Writes an own text anew. → `{entry}`: how it looks now, as for the three that follow. */
  'message.edit': Type.Object({ target: Id, message: Type.String({ maxLength: 65_536 }) }),
  /** Takes an own message back, for all and for good. */
  'message.delete': Type.Object({ target: Id }),
  'message.react': Type.Object({ target: Id, emoji: Emoji, on: Type.Boolean() }),
  'message.pin': Type.Object({ target: Id, on: Type.Boolean() }),
  /**
   * → `{entries: EntryView[], more: boolean, newer: boolean}`, oldest first: the latest, or those before the entry `before`,
   * after the entry `after`, or around (and with) the entry `around`; or, in the order of arrival, those that came here after
   * the entry `since` had come; at most one of the four. `more`: there are older ones; `newer`: there are newer ones.
   */
  'history.page': Type.Object({
    conversation: Conversation,
    before: Type.Optional(Id),
    after: Type.Optional(Id),
    around: Type.Optional(Id),
    since: Type.Optional(Id),
    first: Type.Optional(Type.Literal(true)),
    limit: Type.Optional(Limit),
  }),
  /** One entry, for a link to it. → `{entry}` */
  'history.entry': Type.Object({ entry: Id }),
  /**
   * Full-text search over all history, newest first. `query` may hold filters: `from:bob`, `in:#general`, `in:@bob`,
   * `has:file`, `has:link`, `before:2026-11-20`, `after:`, `on:`, `"a phrase"`. → `{entries, terms, more, problems}`
   */
  search: Type.Object({
    query: Type.String({ minLength: 1, maxLength: 256 }),
    limit: Type.Optional(Limit),
    /** The last entry of the page before. */
    after: Type.Optional(Id),
  }),
  /**
   * Writes the entry of a file whose bytes are here (`POST /api/uploads` takes them in). → `{entry}`, as for `message.post`.
   * `mime`: what they were said to be; what they are is looked at.
   */
  'file.post': Type.Object({
    conversation: Conversation,
    sha256: Sha256,
    name: FileName,
    message: Type.Optional(Type.String({ maxLength: 65_536 })),
    mime: Type.Optional(Mime),
    replyTo: Type.Optional(Id),
    client: Type.Optional(Type.String({ maxLength: 64 })),
    /** As of `message.post`, for the caption. */
    call: Type.Optional(Type.Boolean()),
    ...FileLooks,
  }),
  /** Asks for the bytes of a file, or lets them come on: `relayed`, also over a relay alone. → `{}` once that is kept. */
  'file.fetch': Type.Object({
    sha256: Sha256,
    conversation: Type.Optional(Conversation),
    relayed: Type.Optional(Type.Boolean()),
  }),
  /** It stays as far as it is here, and comes on when it is fetched. → `{}` */
  'file.pause': Type.Object({ sha256: Sha256 }),
  /** It is not wanted any more: what came of it is dropped. → `{}` */
  'file.cancel': Type.Object({ sha256: Sha256 }),
  /** The files of one conversation, or of all, newest first. `before`: the last entry of the page before. → `{files, more}` */
  'file.list': Type.Object({
    conversation: Type.Optional(Conversation),
    kind: Type.Optional(FileKindView),
    before: Type.Optional(Id),
    limit: Type.Optional(Limit),
  }),
  /** What lies here. → `FileUsage` */
  'file.usage': Type.Object({}),
  /**
   * Drops bytes that others have: one file, those of one conversation that are shown in no other, those `elsewhere` (see `FileUsage`), or
   * as many as the quota asks for. Own ones and pinned ones go only as the one file that is named. → `{freed}`, bytes
   */
  'file.clean': Type.Object({
    conversation: Type.Optional(Conversation),
    sha256: Type.Optional(Sha256),
    elsewhere: Type.Optional(Type.Literal(true)),
  }),
  /** A pinned one is never cleaned by itself. → `{}` */
  'file.pin': Type.Object({ sha256: Sha256, on: Type.Boolean() }),
  /** Everything up to this entry has been seen by the user. → `{}` */
  'conversation.read': Type.Object({ conversation: Conversation, upTo: Type.String() }),
  /** Everything from this entry on is unread again, here. → `{}` */
  'conversation.unread': Type.Object({ conversation: Conversation, from: Id }),
  /** The pinned entries, the last pinned first. → `{entries}` */
  'conversation.pins': Type.Object({ conversation: Conversation }),
  /**
   * Who is in it, as far as is known here; of a channel with very many the first ones who are online, by the tracker. → `{members: string[], online?}`, sorted user names;
   * `online`: how many users are, where not all of them are named
   */
  'conversation.members': Type.Object({ conversation: Conversation }),
  /** What is absent stays. Kept here alone. → `{}` */
  'conversation.settings': Type.Object({
    conversation: Conversation,
    /** `default`: as the preferences say, in a direct conversation `all`. */
    notify: Type.Optional(ChosenNotify),
    autoFetch: Type.Optional(AutoFetch),
    /** After how many days it is forgotten here. */
    retention: Type.Optional(RetentionRule),
  }),
  /** The user types; told to the others now and then. → `{}` */
  'conversation.typing': Type.Object({ conversation: Conversation }),
  /** Opens the direct conversation with a user. → `{conversation}` */
  'conversation.open': Type.Object({ username: Name }),
  /** Joins, and creates if it does not exist. → `{conversation}` */
  'channel.join': Type.Object({ channel: Name }),
  'channel.leave': Type.Object({ channel: Name }),
  /** → `{}` once the topic is durable here; the tracker is told when it is there. At most 256 bytes. */
  'channel.topic': Type.Object({ channel: Name, topic: Type.String({ maxLength: 256 }) }),
  /** → `{channels: ChannelView[]}` */
  'channel.list': Type.Object({}),
  /** → `{people, blocked}`: everybody known but whom the user blocks; and the names of those. */
  'people.list': Type.Object({}),
  /**
   * People whose name holds the query, also of those whom a large tracker does not list unasked; whom the user blocks by the whole
   * of it alone. → `{people, more, checked}`
   */
  'people.find': Type.Object({ query: Type.String({ maxLength: 64 }) }),
  /** Whom a window shows: where so many are online that the tracker tells of a part, it is asked to tell of these. → `{}` */
  'people.watch': Type.Object({ usernames: Type.Array(Name, { maxItems: WATCHED_MAX }) }),
  /** → `{profile}` */
  'people.profile': Type.Object({ username: Name }),
  /** Friends stand on top; what muted people write does not count; of blocked people nothing is shown or taken. Kept here alone. → `{}` */
  'people.settings': Type.Object({
    username: Name,
    friend: Type.Optional(Type.Boolean()),
    muted: Type.Optional(Type.Boolean()),
    blocked: Type.Optional(Type.Boolean()),
  }),
  /** What others see of this user. What is absent stays; an empty text (or `null` for the picture) takes it away. → `{profile}` */
  'profile.set': ProfileChange,
  /** What is absent stays; `quietUntil: null` ends the quiet. → `{preferences}` */
  'preferences.set': Type.Object({
    presence: Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('away'), Type.Literal('busy')])),
    quietUntil: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 32 })])),
    sendReads: Type.Optional(Type.Boolean()),
    sendTyping: Type.Optional(Type.Boolean()),
    relayOnly: Type.Optional(Type.Boolean()),
    notify: Type.Optional(NotifyRulesChange),
    /** What is absent stays; 0 takes a limit of speed away. */
    files: Type.Optional(Type.Partial(FilePreferences)),
    retention: Type.Optional(Retention),
  }),
  /** A window was used just now, or has not been for a while: what `auto` follows. → `{}` */
  'presence.active': Type.Object({ active: Type.Boolean() }),
  /** What somebody needs to come along. → `{invite}` */
  'invite.make': InviteMake,
  /** Dials an address by hand, for a network where the tracker does not know it. → `{}` once tried. */
  'peer.connect': Type.Object({
    username: Name,
    host: Type.String(),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
  }),
  /** Signs the daemon in at the tracker again, after its session ended; `register` makes the account there first. → `{}` */
  'tracker.login': Type.Object({
    password: Type.String({ maxLength: 1024 }),
    register: Type.Optional(Type.Boolean()),
  }),
  /**
   * The tracker that shows the CA `ca` (as the notice `ca_changed:<ca>` names it) is this user's, set up anew: signs in there,
   * or makes the account first with `register`, and begins anew under it. → `{}`; then the daemon starts again on the same port.
   */
  'tracker.accept': Type.Object({
    ca: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    password: Type.String({ maxLength: 1024 }),
    register: Type.Optional(Type.Boolean()),
  }),
  /**
   * A new password. All other windows and programs are signed out, and at the tracker all other sessions; `devices`: whether the
   * user's other devices stay signed in. → `{}`
   */
  'account.password': Type.Object({
    old: Type.String({ maxLength: 1024 }),
    new: Type.String({ maxLength: 1024 }),
    devices: Type.Union([Type.Literal('stay'), Type.Literal('sign_out')]),
  }),
  /** All of the user's devices, windows and programs need the password again, this one too. History stays. → `{}` */
  'account.sign_out': Type.Object({}),
  /** Looks for what keeps this device from others (and from `user`). → `DoctorReport`, within 10 s */
  'doctor.run': Type.Object({ user: Type.Optional(Name) }),
  'hook.list': Type.Object({}),
  'hook.create': HookCreate,
  'hook.revoke': Type.Object({ hook: Id }),
  'notice.dismiss': Type.Object({ notice: Type.String() }),
  /**
   * → `{number, devices}`: 60 digits to compare with the other user by voice, and the devices of both that they stand for.
   * The tracker is asked for new devices first, where it is there.
   */
  'trust.safety_number': Type.Object({ username: Name }),
  /** Remembers, or takes back, that the numbers were compared. `number`: the one compared; another one now is refused. → `{}` */
  'trust.verify': Type.Object({
    username: Name,
    verified: Type.Boolean(),
    number: Type.Optional(Type.String({ maxLength: 128 })),
  }),
  /** The user's own devices. → `{devices: DeviceView[]}` */
  'devices.list': Type.Object({}),
  /** Takes a device of one's own back, for good: others refuse it from now on. The tracker has to be there. → `{}` */
  'devices.revoke': Type.Object({ device: Id }),
  /** Gives a device of one's own another name. The tracker has to be there. → `{}` */
  'devices.rename': Type.Object({ device: Id, name: Type.String({ maxLength: 256 }) }),
} as const satisfies Record<string, TSchema>;

export type CommandName = keyof typeof commandSchemas;
export type CommandArguments<Name extends CommandName> = Static<(typeof commandSchemas)[Name]>;

/** What each command answers besides `ok`. */
export interface CommandResults {
  'message.post': { entry: EntryView };
  'message.edit': { entry: EntryView };
  'message.delete': { entry: EntryView };
  'message.react': { entry: EntryView };
  'message.pin': { entry: EntryView };
  /** `place`: where the entry `before` stands now; the page ends there. */
  'history.page': { entries: EntryView[]; more: boolean; newer: boolean; place?: string };
  'history.entry': { entry: EntryView };
  /** `terms`: to be marked; `problems`: filters that mean nothing, in words; `behind`: the index is, so that there may be more. */
  search: { entries: EntryView[]; terms: string[]; more: boolean; problems: string[]; behind?: boolean };
  'file.post': { entry: EntryView };
  'file.fetch': object;
  'file.pause': object;
  'file.cancel': object;
  'file.list': { files: FileView[]; more: boolean };
  'file.usage': FileUsage;
  'file.clean': { freed: number };
  'file.pin': object;
  'conversation.read': object;
  'conversation.unread': object;
  'conversation.pins': { entries: EntryView[] };
  'conversation.members': { members: string[]; online?: number };
  'conversation.settings': object;
  'conversation.typing': object;
  'conversation.open': { conversation: string };
  'channel.join': { conversation: string };
  'channel.leave': object;
  'channel.topic': object;
  'channel.list': { channels: ChannelView[] };
  'people.list': { people: PersonView[]; blocked: string[] };
  /** `checked`: the tracker was asked; else these are those who are known here. */
  'people.find': { people: PersonView[]; more: boolean; checked: boolean };
  'people.watch': object;
  'people.profile': { profile: ProfileView };
  'people.settings': object;
  'profile.set': { profile: ProfileView };
  'preferences.set': { preferences: PreferencesView };
  'presence.active': object;
  'invite.make': { invite: InviteView };
  'peer.connect': object;
  'tracker.login': object;
  'account.password': object;
  'account.sign_out': object;
  'doctor.run': DoctorReport;
  'tracker.accept': object;
  'hook.list': { hooks: HookView[] };
  'hook.create': HookCreated;
  'hook.revoke': object;
  'notice.dismiss': object;
  'trust.safety_number': { number: string; devices: SafetyDevice[] };
  'trust.verify': object;
  'devices.list': { devices: DeviceView[] };
  'devices.revoke': object;
  'devices.rename': object;
}
