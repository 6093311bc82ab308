/** Bodies of the calls of admins (SPEC.md section 2). */
import Type, { type Static } from 'typebox';
import { USERS_PAGE_MAX } from './limits.js';
import { ChannelStateField } from './channel-word.js';
import { ChannelField, DeviceRecord, UsernameField } from './tracker-api.js';

const success = Type.Literal('success');
const Time = Type.String({ maxLength: 32 });

/** `pending`: waits for approval. `removed` ones keep their names, so that nobody else gets them. */
export const StateField = Type.Union([
  Type.Literal('used'),
  Type.Literal('pending'),
  Type.Literal('disabled'),
  Type.Literal('removed'),
]);

export const AdminAccount = Type.Object({
  username: UsernameField,
  created: Time,
  last_seen: Type.Optional(Time),
  state: StateField,
  admin: Type.Boolean(),
  online: Type.Boolean(),
});
export type AdminAccount = Static<typeof AdminAccount>;

/** `q`: a part of the name. `after`: the last name of the page before. */
export const ListAccounts = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 32 })),
  after: Type.Optional(Type.Union([UsernameField, Type.Literal('')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: USERS_PAGE_MAX })),
  /** `''`, as an empty field of a form: all. */
  state: Type.Optional(Type.Union([StateField, Type.Literal('')])),
});
export type ListAccounts = Static<typeof ListAccounts>;

export const AccountList = Type.Object({ status: success, accounts: Type.Array(AdminAccount), more: Type.Boolean() });

export const OneAccount = Type.Object({
  status: success,
  account: AdminAccount,
  /** How many are signed in. */
  sessions: Type.Integer(),
  devices: Type.Array(DeviceRecord),
});

/** What was done, and what is true then. */
export const AccountChanged = Type.Object({
  status: success,
  account: AdminAccount,
  /** It was so already: nothing was done, and nothing is in the log. */
  unchanged: Type.Optional(Type.Literal(true)),
});

/** Shown once: the tracker keeps only a hash of it. */
export const ResetMade = Type.Object({ status: success, code: Type.String(), expires: Time });

export const UseReset = Type.Object({
  code: Type.String({ maxLength: 128 }),
  password: Type.String({ maxLength: 1024 }),
});

/** `by`: an admin; absent: made at the start of the tracker. `over`: used up, or its time is. `admin`: its account becomes an admin. */
export const InviteRecord = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  code: Type.String({ maxLength: 64 }),
  created: Time,
  expires: Time,
  uses: Type.Integer(),
  used: Type.Integer(),
  over: Type.Boolean(),
  admin: Type.Boolean(),
  by: Type.Optional(UsernameField),
});
export type InviteRecord = Static<typeof InviteRecord>;
export const InviteList = Type.Object({ status: success, invites: Type.Array(InviteRecord) });
/** `link`: names this tracker by the address of the caller, and its CA. */
export const InviteMade = Type.Object({ status: success, invite: InviteRecord, link: Type.String() });

/** How many accounts it makes, and for how many days. */
export const MakeInvite = Type.Object({
  uses: Type.Integer({ minimum: 1, maximum: 1000 }),
  days: Type.Integer({ minimum: 1, maximum: 90 }),
});
export type MakeInvite = Static<typeof MakeInvite>;

/** What admins change while the tracker runs. `registration`: section 2; `userList`: whom the list of accounts shows. */
export const EditableSettings = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  welcome: Type.String({ maxLength: 2000 }),
  registration: Type.Enum(['auto', 'open', 'invite', 'approval', 'closed']),
  guests: Type.Boolean(),
  userList: Type.Enum(['everyone', 'shared-channels']),
});
export type EditableSettings = Static<typeof EditableSettings>;
export const ChangeSettings = Type.Partial(EditableSettings);
export const SettingsNow = Type.Object({
  status: success,
  settings: EditableSettings,
  fixed: Type.Array(Type.String({ maxLength: 32 })),
});

export const AdminChannel = Type.Object({
  /** For good: that of its conversation in all histories. */
  name: ChannelField,
  /** What it is called now; its name unless it was renamed. */
  title: ChannelField,
  topic: Type.String({ maxLength: 256 }),
  state: ChannelStateField,
  /** Everyone is in it: it cannot be renamed, archived or deleted. */
  permanent: Type.Boolean(),
  members: Type.Integer(),
  /** How many of them are online now. */
  online: Type.Integer(),
  created: Time,
  /** Who made it; absent for those of the tracker itself. */
  by: Type.Optional(UsernameField),
});
export type AdminChannel = Static<typeof AdminChannel>;

/** As `ListAccounts`, by name; `q` is a part of the name or of the title. */
export const ListChannels = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 33 })),
  after: Type.Optional(Type.Union([ChannelField, Type.Literal('')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: USERS_PAGE_MAX })),
  state: Type.Optional(Type.Union([ChannelStateField, Type.Literal('')])),
});
export type ListChannels = Static<typeof ListChannels>;
export const AdminChannelList = Type.Object({
  status: success,
  channels: Type.Array(AdminChannel),
  more: Type.Boolean(),
});
export const AdminChannelChanged = Type.Object({
  status: success,
  channel: AdminChannel,
  /** As of an account. */
  unchanged: Type.Optional(Type.Literal(true)),
});
/** Its form is checked by the rules of channels, so that a wrong one is `bad_channel`. */
export const RenameChannel = Type.Object({ title: Type.String({ maxLength: 256 }) });

export const AuditEntry = Type.Object({
  id: Type.String({ maxLength: 32 }),
  at: Time,
  /** The name of an admin; absent: whoever runs the tracker, on its command line. */
  by: Type.Optional(UsernameField),
  action: Type.String({ maxLength: 40 }),
  /** An account, a device, a channel, an invite. */
  subject: Type.Optional(Type.String({ maxLength: 64 })),
  detail: Type.Optional(Type.String({ maxLength: 200 })),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const ListAudit = Type.Object({
  before: Type.Optional(Type.String({ maxLength: 32 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const AuditList = Type.Object({ status: success, entries: Type.Array(AuditEntry), more: Type.Boolean() });
