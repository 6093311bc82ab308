/**
 * Tells others what this user has read of theirs, and hears what they have read of ours (`read`, SPEC.md section 4). A mark
 * names an entry of the log of the device that is told, which that device holds for sure: so it can be checked there, and
 * says nothing of entries that arrived after the user looked.
 */
import {
  sameUser,
  userKey,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { EntryId } from '../../protocol/ids.js';
import type { Read } from '../../protocol/link-messages.js';

export interface ReadLink {
  readonly id: number;
  readonly remote: { readonly username: Username; readonly device: DeviceId };
  send(message: Read): void;
}

export interface ReadMarkOptions {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  /** The user may not want to tell. */
  readonly enabled: (user: UserKey) => boolean;
  readonly links: () => Iterable<ReadLink>;
  readonly shares: (conversation: ConversationId, link: ReadLink) => boolean;
  /** Conversations in which a device has written anything that is here. */
  readonly writtenBy: (device: DeviceId) => Iterable<ConversationId>;
  /** The last entry of a device's log that the user has read, durable here. */
  readonly readOf: (conversation: ConversationId, device: DeviceId) => { seq: number; id: EntryId } | undefined;
  readonly entry: (id: EntryId) => { conversation: ConversationId; device: DeviceId; seq: number } | undefined;
  /** A user has read our log up to here. */
  readonly heard: (conversation: ConversationId, user: UserKey, seq: number) => void;
  readonly timers: { setTimeout(callback: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** Marks of one conversation go out at most so often; what comes between becomes one. */
const REST_MS = 1_000;

export class ReadMarks {
  private readonly told = new Map<number, Map<ConversationId, number>>();
  /** What was read there may not have been durable yet, so that it could not be told. */
  private readonly due = new Set<ConversationId>();
  private readonly resting = new Map<ConversationId, { timer: unknown; again: boolean }>();

  constructor(private readonly options: ReadMarkOptions) {}

  /** The user has read on in a conversation. */
  marked(conversation: ConversationId): void {
    this.due.add(conversation);
    const rest = this.resting.get(conversation);
    if (rest) {
      rest.again = true;
      return;
    }
    for (const link of this.options.links()) this.tell(conversation, link);
    const timer = this.options.timers.setTimeout(() => {
      const { again } = this.resting.get(conversation) ?? { again: false };
      this.resting.delete(conversation);
      if (again) this.marked(conversation);
    }, REST_MS);
    this.resting.set(conversation, { timer, again: false });
  }

  /** Something of a conversation became durable. */
  durable(conversation: ConversationId): void {
    if (this.due.delete(conversation)) for (const link of this.options.links()) this.tell(conversation, link);
  }

  up(link: ReadLink): void {
    this.told.set(link.id, new Map());
    for (const conversation of this.options.writtenBy(link.remote.device)) this.tell(conversation, link);
  }

  down({ id }: { id: number }): void {
    this.told.delete(id);
  }

  /** What the other side cannot know, or may not say, is passed over. */
  heard(link: ReadLink, { conversation, upTo }: Read): void {
    const { self, shares, entry, heard } = this.options;
    if (sameUser(link.remote.username, self.username) || !shares(conversation, link)) return;
    const named = entry(upTo);
    if (named?.device !== self.device || named.conversation !== conversation) return;
    heard(conversation, userKey(link.remote.username), named.seq);
  }

  close(): void {
    for (const { timer } of this.resting.values()) this.options.timers.clearTimeout(timer);
    this.resting.clear();
  }

  private tell(conversation: ConversationId, link: ReadLink): void {
    const { self, enabled, shares, readOf } = this.options;
    const told = this.told.get(link.id);
    const { username } = link.remote;
    if (!told || sameUser(username, self.username) || !enabled(userKey(username)) || !shares(conversation, link))
      return;
    const read = readOf(conversation, link.remote.device);
    if (!read || read.seq <= (told.get(conversation) ?? 0)) return;
    told.set(conversation, read.seq);
    link.send({ type: 'read', conversation, upTo: read.id });
  }
}
