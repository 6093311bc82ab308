/**
 * Whom to link to for a file that nobody has who is linked (SPEC.md section 7): above a few members not all are linked, and bytes, other
 * than entries, are not passed on by who does not want them. The devices of its author come first, then others of its
 * conversation at random, a few at a time and each for a while. Pure: the caller dials.
 */
import {
  conversationParts,
  sameUser,
  userKey,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';

/** Devices that are sought at once. */
const SOUGHT_MAX = 4;
/** So long each may take to be linked, and to say what it has. Milliseconds. */
const SOUGHT_MS = 60_000;

export interface Sought {
  readonly conversation: ConversationId;
  /** Who wrote the entry. */
  readonly from: Username;
}

interface Candidate {
  readonly username?: Username | undefined;
  readonly device: DeviceId;
  readonly channels: readonly string[];
}

export class Seeker {
  private readonly until = new Map<DeviceId, number>();

  constructor(
    /** Milliseconds. */
    private readonly now: () => number,
    private readonly random: () => number,
  ) {}

  /** Nobody who is linked has that file. To be called every few seconds while it is so. @returns whether one more is sought now */
  seek(sought: Sought, candidates: readonly Candidate[], isLinked: (device: DeviceId) => boolean): boolean {
    const devices = this.devices();
    if (devices.size >= SOUGHT_MAX) return false;
    const open = candidates.filter(({ device }) => !isLinked(device) && !devices.has(device));
    const authors = open.filter(({ username }) => username !== undefined && sameUser(username, sought.from));
    const others = open.filter((candidate) => isOf(sought.conversation, candidate));
    const from = authors.length > 0 ? authors : others;
    const next = from[Math.floor(this.random() * from.length)];
    if (next) this.until.set(next.device, this.now() + SOUGHT_MS);
    return next !== undefined;
  }

  /** To be linked to now, whatever the number of links. */
  devices(): ReadonlySet<DeviceId> {
    for (const [device, until] of this.until) if (until <= this.now()) this.until.delete(device);
    return new Set(this.until.keys());
  }
}

function isOf(conversation: ConversationId, { username, channels }: Candidate): boolean {
  const parts = conversationParts(conversation);
  if (parts?.kind === 'channel') return channels.includes(parts.channel);
  return parts !== undefined && username !== undefined && parts.users.includes(userKey(username));
}
