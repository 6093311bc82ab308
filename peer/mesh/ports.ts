/** What the mesh's machines need and do. Links are named by tokens; whoever owns the sockets performs what is asked. */
import type { Pushed } from '../../protocol/channel-messages.js';
import type { Heads } from '../../protocol/heads.js';
import type { Ranges } from '../../protocol/range-messages.js';
import type { MissingContents } from '../log/ports.js';
import type { ChannelName, ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';

export type LinkToken = number;

/** conversation → device → up to which `seq` all is durable */
export type HeadsByConversation = ReadonlyMap<ConversationId, ReadonlyMap<DeviceId, number>>;

export interface LinkPeer {
  readonly link: LinkToken;
  readonly username: Username;
  readonly device: DeviceId;
  readonly channels: Iterable<ChannelName>;
  /** Whether the other side passes entries on along a tree. */
  readonly tree?: boolean;
  /** Whether it compares the logs of large channels by digests. */
  readonly ranges?: boolean;
  /** Whether it takes entries without their content from devices of their author. */
  readonly pruned?: boolean;
}

/** What a device said last of one conversation. */
export interface LastWord {
  readonly device: DeviceId;
  readonly username: Username;
  /** It holds our own log up to here: less than it once did when it has lost some; 0 for nothing. */
  readonly seq: number;
  /** Of a direct conversation: whether it lacks anything of other logs that is durable here. */
  readonly lacks: boolean;
}

export interface SyncOutput {
  have(link: LinkToken, heads: HeadsByConversation, complete: boolean): void;
  /** A line by which the logs of a large channel are compared. */
  ranges(link: LinkToken, line: Ranges): void;
  /** By digests it was found how far the other side holds each log of a channel. */
  agreed(link: LinkToken, conversation: ConversationId, theirs: Heads): void;
  /** Says that what is wanted of a log is here up to `upTo` without its content. */
  pruned(link: LinkToken, conversation: ConversationId, device: DeviceId, upTo: number): void;
  want(link: LinkToken, conversation: ConversationId, device: DeviceId, from: number, to: number): void;
  /** Send entries of a log from `from` to `to`; `to` is Infinity for our own log: all that is, and all that will be. */
  serve(link: LinkToken, conversation: ConversationId, device: DeviceId, from: number, to: number): void;
  /** Says what the other side is to push of a channel. */
  push(link: LinkToken, channel: ChannelName, what: Pushed): void;
  /** Our own log is not followed on the link any more, until it is served again. */
  unfollow(link: LinkToken, conversation: ConversationId): void;
  /** The conversation is no longer shared on the link. */
  stopServing(link: LinkToken, conversation: ConversationId): void;
  /** What a device says that it holds; told of all that is new in what it says, and once more at the end of the link. */
  receipt(conversation: ConversationId, word: LastWord): void;
  /** Others hold more of our own log than we do (`undefined`: nobody any more). */
  ownTail(conversation: ConversationId, seq: number | undefined): void;
}

/** Where the log stands. */
export interface LogHeads {
  /** What is durable here, of one conversation: device → seq. */
  durable(conversation: ConversationId): ReadonlyMap<DeviceId, number>;
  /** Conversations with any entry here. */
  conversations(): Iterable<ConversationId>;
  /** The end of a log, with what is proven and about to be written. */
  seq(conversation: ConversationId, device: DeviceId): number;
  /** The id of the entry at the end of a log. Absent: nothing counts as brought twice. */
  endId?(conversation: ConversationId, device: DeviceId): EntryId | undefined;
  /** Beyond it nothing of this log is taken now: its device was revoked, or is ahead of its rate. Absent: no log has such an end. */
  limit?(conversation: ConversationId, device: DeviceId): number;
  /** Whether a certificate of the device is here, so that its entries can be checked. Absent: of every device. */
  knows?(device: DeviceId): boolean;
  /**
   * Up to here entries of a log are here without their content, so that they are given to nobody, but to `to` if they are of this user.
   * Absent: nothing was pruned.
   */
  pruned?(conversation: ConversationId, device: DeviceId, to: { readonly pruned: boolean }): number;
  /** What came without its content, which others may have. Absent: nothing did. */
  readonly contents?: Pick<MissingContents, 'size' | 'logs' | 'next' | 'edit'>;
  /** Whether the device was certified by an authority that has ended. Absent: none was. */
  isFormer?(device: DeviceId): boolean;
}
