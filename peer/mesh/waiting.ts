/** Whom direct messages wait for: their devices are linked to before all others. */
import {
  otherParty,
  userKey,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { LastWord, LogHeads } from './ports.js';

export interface WaitingOptions {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly heads: Pick<LogHeads, 'conversations' | 'durable'>;
  /** Whose device it is; undefined for a device without a certificate. */
  readonly owner: (device: DeviceId) => Username | undefined;
  /** What a device has said last in this epoch; undefined: it has given no account to this device. */
  readonly lastWord: (
    conversation: ConversationId,
    device: DeviceId,
    epoch: string | undefined,
  ) => Pick<LastWord, 'seq' | 'lacks'> | undefined;
  /** Logs of which two chains are about. Each device of their users has to be met once. */
  readonly forks: { forkedAuthors(): Iterable<DeviceId>; hasMet(device: DeviceId): boolean };
}

export interface KnownDevice {
  readonly username?: Username | undefined;
  readonly device: DeviceId;
  /** Another one after each start that may have lost something. */
  readonly epoch?: string | undefined;
}

/** Devices of users to whom we have written nothing, at a time: whoever writes to us and says that it lacks it holds no more links. */
const UNANSWERED_MAX = 8;
/** Devices at a time that are to be shown the other chain of a log. */
const FORKED_MAX = 8;

/**
 * The devices to be linked to whatever the number of links: the user's own others, and each that lacks something of a direct
 * conversation. Each device for itself, and by its latest word since it may last have lost something: that others of its user
 * hold it, or that it once did, brings nothing to a device that is new or was put back to a backup. Entries of a direct conversation
 * come by no other way, what it wrote itself and has lost neither, so each is asked once in each of its epochs.
 */
export function neededDevices(options: WaitingOptions, candidates: Iterable<KnownDevice>): Set<DeviceId> {
  const own = userKey(options.self.username);
  const conversations = directConversations(options);
  const devices = new Set<DeviceId>();
  const forked = new Set(
    [...options.forks.forkedAuthors()].flatMap((author) => options.owner(author) ?? []).map(userKey),
  );
  let [unanswered, unmet] = [0, 0];
  for (const { username, device, epoch } of candidates) {
    if (username === undefined) continue;
    const user = userKey(username);
    const direct = conversations.get(user);
    if (user === own) devices.add(device);
    if (forked.has(user) && !options.forks.hasMet(device) && unmet++ < FORKED_MAX) devices.add(device);
    if (!direct) continue;
    const word = options.lastWord(direct.id, device, epoch);
    if (word && !word.lacks && word.seq >= direct.seq) continue;
    if (direct.isWritten || unanswered++ < UNANSWERED_MAX) devices.add(device);
  }
  return devices;
}

interface Direct {
  readonly id: ConversationId;
  /** Whether this user has written there, with any device. */
  readonly isWritten: boolean;
  /** How much with this one. */
  readonly seq: number;
}

/** By the other party. */
function directConversations({ self, heads, owner }: WaitingOptions): Map<UserKey, Direct> {
  const own = userKey(self.username);
  const isOwn = (device: DeviceId): boolean => {
    const username = owner(device);
    return username !== undefined && userKey(username) === own;
  };
  const conversations = new Map<UserKey, Direct>();
  for (const id of heads.conversations()) {
    const other = otherParty(id, self.username);
    if (other === undefined || other === own) continue;
    const logs = heads.durable(id);
    const seq = logs.get(self.device) ?? 0;
    conversations.set(other, { id, seq, isWritten: seq > 0 || [...logs.keys()].some(isOwn) });
  }
  return conversations;
}
