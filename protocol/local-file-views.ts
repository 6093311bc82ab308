/** Browser ↔ peer (SPEC.md section 8): what the daemon tells of files. Sizes are bytes, speeds bytes a second, times ISO 8601. */
import Type, { type Static } from 'typebox';
import { FileLooks, FileName, Mime } from './file-facts.js';
import { FILE_SIZE_MAX } from './files.js';

/** As `fileKind` sorts them. */
export const FileKindView = Type.Enum(['image', 'video', 'audio', 'document', 'other']);

/** In a conversation: as the preferences say, all of it whatever its kind and size (within the quota), or nothing. */
export const AutoFetch = Type.Enum(['default', 'all', 'none']);
export type AutoFetch = Static<typeof AutoFetch>;

/** What comes without being asked for, and how much of the line and the disk it may take. */
export const FilePreferences = Type.Object({
  /** Whose files come by themselves. */
  auto: Type.Enum(['all', 'friends', 'none']),
  /** Which of them: pictures and voice messages, or any kind. */
  autoKinds: Type.Enum(['pictures', 'all']),
  /** And up to which size. */
  autoMax: Type.Integer({ minimum: 0, maximum: FILE_SIZE_MAX }),
  /** At most so fast; 0: as fast as it goes. */
  down: Type.Integer({ minimum: 0, maximum: 2 ** 40 }),
  up: Type.Integer({ minimum: 0, maximum: 2 ** 40 }),
  /** Files that come at once; the others wait. */
  atOnce: Type.Integer({ minimum: 1, maximum: 16 }),
  /** How much lies here at most. What this user gave counts, and stays whatever it is. */
  quota: Type.Integer({ minimum: 0, maximum: 2 ** 50 }),
});
export type FilePreferences = Static<typeof FilePreferences>;

/** A file that an entry shows. All but `entry`, `conversation`, `from`, `time`, `here` and `pinned` is its author's word. */
export const FileView = Type.Object({
  entry: Type.String(),
  conversation: Type.String(),
  from: Type.String(),
  time: Type.String(),
  name: Type.String(),
  size: Type.Integer(),
  mime: Type.String(),
  kind: FileKindView,
  sha256: Type.String(),
  /** Its bytes are here, so that `GET /api/files/<sha256>` has them. */
  here: Type.Boolean(),
  pinned: Type.Optional(Type.Literal(true)),
  thumbnail: Type.Optional(Type.String()),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  duration: Type.Optional(Type.Integer()),
});
export type FileView = Static<typeof FileView>;

/**
 * Why a transfer waits or has failed. `nobody`: none of `users` is there. `queued`: others come first. `storage_full`, `quota_full`:
 * it goes on by itself once there is room. `file_gone`: its author is there
 * and has it no more; it goes on once somebody has it. `file_wrong`: the bytes are not those that
 * the entry promises, whoever sends them. `storage_failed`: the disk takes nothing.
 */
export const TransferCode = Type.Enum([
  'nobody',
  'relayed',
  'queued',
  'storage_full',
  'quota_full',
  'file_gone',
  'file_wrong',
  'storage_failed',
]);
export type TransferCode = Static<typeof TransferCode>;

/** A file on its way here, or to somebody. `done`: told once, as its last event, and in no snapshot. */
export const TransferView = Type.Object({
  id: Type.String(),
  sha256: Type.String(),
  entry: Type.Optional(Type.String()),
  conversation: Type.Optional(Type.String()),
  name: Type.String(),
  size: Type.Integer(),
  direction: Type.Enum(['down', 'up']),
  /** Of those that go up: to whom. */
  user: Type.Optional(Type.String()),
  state: Type.Enum(['running', 'waiting', 'paused', 'failed', 'done']),
  /** Bytes that are here and right; of those that go up, that were sent. */
  done: Type.Integer(),
  /** While it runs. */
  speed: Type.Optional(Type.Number()),
  code: Type.Optional(TransferCode),
  /** From whom it comes, or could come: its author, and who else was heard to have it. */
  users: Type.Array(Type.String()),
  /** Who has sent something else than they should have. */
  liars: Type.Optional(Type.Array(Type.String())),
});
export type TransferView = Static<typeof TransferView>;

/** What lies here, and how much may. A file that two conversations show counts in both, and once in `used`. */
export const FileUsage = Type.Object({
  used: Type.Integer(),
  quota: Type.Integer(),
  /** Of the disk, to this process; absent where the system cannot tell. */
  free: Type.Optional(Type.Integer()),
  /** The most first. */
  conversations: Type.Array(Type.Object({ conversation: Type.String(), bytes: Type.Integer(), files: Type.Integer() })),
  /** Of conversations that were left, and of people who are blocked. Absent where nothing is. */
  elsewhere: Type.Optional(Type.Object({ bytes: Type.Integer(), files: Type.Integer() })),
});
export type FileUsage = Static<typeof FileUsage>;

const Bytes = Type.String({ pattern: '^\\d{1,15}$' });

/**
 * `POST /api/uploads?mime=`: takes bytes in, for `file.post`. `mime`: what they are said to be; else `Content-Type` says it.
 * `upload`, `offset` and `size` go together: a part, from that byte on, of a file of that size, under a name that its sender chose.
 */
export const UploadQuery = Type.Object({
  mime: Type.Optional(Mime),
  name: Type.Optional(FileName),
  upload: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$' })),
  offset: Type.Optional(Bytes),
  size: Type.Optional(Bytes),
});

/** `POST /api/files?conversation=&name=&message=`: both at once. */
export const FilePost = Type.Object({
  conversation: Type.String({ minLength: 1, maxLength: 80 }),
  name: FileName,
  message: Type.Optional(Type.String({ maxLength: 65_536 })),
  mime: Type.Optional(Mime),
  replyTo: Type.Optional(Type.String({ maxLength: 64 })),
  client: Type.Optional(Type.String({ maxLength: 64 })),
  group: FileLooks.group,
});

/** Both answer with 201 and this. `entry`: its id. */
export interface UploadView {
  sha256: string;
  size: number;
  /** What its first bytes say that it is. */
  mime: string;
  entry?: string;
}

/** `GET /api/uploads/<upload>`, and the answer (202) to a part that is not the last. The rest: once all is here, and durable. */
export interface UploadProgress extends Partial<UploadView> {
  /** Bytes that have come. */
  received: number;
}
