/** Which channels the user is in: durable here, told to the peers, and to the tracker when it is there. What it refuses is not done. */
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { channelConversation, type ChannelName, type ConversationId } from '../../protocol/ids.js';
import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import type { TrackerView } from '../../protocol/local-api.js';
import type { Log, Membership, Writer } from '../services.js';
import type { ConversationBook } from './conversations.js';
import type { JoinedChannels } from './joined-channels.js';

export interface MembershipOptions {
  readonly channels: JoinedChannels;
  /** Whether it may be joined. */
  readonly words: { closed(channel: ChannelName): ParleyError | undefined };
  readonly book: Pick<ConversationBook, 'open' | 'close'>;
  readonly writer: Writer;
  /** Tells peers; after the set was changed. */
  readonly mesh: { joined(channel: ChannelName): void; left(channel: ChannelName): void };
  /** Tells the tracker; rejects when it is away, at once or after seconds. */
  readonly tracker: {
    addList(channel: ChannelName): Promise<void>;
    leave(channel: ChannelName): Promise<void>;
    view(): Pick<TrackerView, 'state'>;
  };
  readonly log: Log;
}

/** What the tracker does not do, though it could be asked: then the user is not in the channel, and is told why. */
const REFUSALS: ReadonlySet<string> = new Set([
  'forbidden',
  'rate_limited',
  'channel_archived',
  // Not only of what is listed here: of a deleted channel nobody is told, and its name stays taken.
  'channel_confusable',
  'channel_deleted',
]);

export class Members implements Omit<Membership, 'setTopic'> {
  /** Left here, and not yet at the tracker. */
  private readonly leaving = new Set<ChannelName>();
  /** The tracker is being asked: another door that wants the same waits for that. */
  private readonly joining = new Map<ChannelName, Promise<void>>();

  constructor(private readonly options: MembershipOptions) {}

  joined(): readonly ChannelName[] {
    return this.options.channels.list();
  }

  /**
   * Of a tracker that is away nobody waits for a word: the user is in the channel here, and among those who are linked, and it
   * is told with later heart-beats. What it refuses leaves nothing behind, here or in the channel.
   * @throws channel_archived, channel_confusable, channel_deleted, forbidden, rate_limited, and what the writer refuses with
   */
  async join(channel: ChannelName): Promise<ConversationId> {
    const id = channelConversation(channel);
    if (this.options.channels.has(channel)) return id;
    const closed = this.options.words.closed(channel);
    if (closed) throw closed;
    let joining = this.joining.get(channel);
    if (!joining) {
      joining = this.ask(channel, id).finally(() => this.joining.delete(channel));
      this.joining.set(channel, joining);
    }
    await joining;
    return id;
  }

  async leave(channel: ChannelName): Promise<void> {
    const { channels, book, mesh, tracker } = this.options;
    if ((PERMANENT_CHANNELS as readonly string[]).includes(channel)) throw new ParleyError('permanent_channel');
    if (!channels.has(channel)) throw new ParleyError('not_member');
    const id = channelConversation(channel);
    // The notice is durable, and on its way to whoever is linked, before the channel is given up.
    await this.notice(id, 'leave');
    channels.delete(channel);
    book.close(id);
    mesh.left(channel);
    this.leaving.add(channel);
    await this.tell(channel, tracker.leave(channel));
  }

  /** The tracker says which channels the user is in: from another device, or before this one was set up. */
  heard(channels: readonly ChannelName[]): void {
    for (const channel of channels) {
      if (this.leaving.has(channel)) void this.tell(channel, this.options.tracker.leave(channel));
      else if (!this.options.channels.has(channel)) this.enterLater(channel);
    }
  }

  /** Nobody waits for the answer here: what a full disk refuses is heard of again. */
  private enterLater(channel: ChannelName): void {
    try {
      this.enter(channel);
    } catch (error) {
      if (!isParleyError(error)) throw error;
      this.postponed(channel, error);
    }
  }

  private enter(channel: ChannelName): void {
    const { channels, book, mesh } = this.options;
    // First, since a full disk refuses it: then nothing has changed.
    book.open(channelConversation(channel));
    this.leaving.delete(channel);
    channels.add(channel);
    mesh.joined(channel);
  }

  private async notice(conversation: ConversationId, kind: 'join' | 'leave'): Promise<void> {
    await this.options.writer.append({ conversation, kind, message: '', data: {} });
  }

  private async ask(channel: ChannelName, id: ConversationId): Promise<void> {
    const { tracker } = this.options;
    // From here on its word that the user is in it is taken for true.
    const wasLeaving = this.leaving.delete(channel);
    // Not to be asked while it is known to be away: a machine that is gone does not even refuse, which takes seconds.
    const failure =
      tracker.view().state === 'unreachable'
        ? new ParleyError('tracker_unreachable')
        : await tracker.addList(channel).catch((error: unknown) => error);
    if (isParleyError(failure) && REFUSALS.has(failure.code)) {
      if (wasLeaving) this.leaving.add(channel);
      throw failure;
    }
    if (failure !== undefined) this.postponed(channel, failure);
    // The tracker tells of it by its events as well, which may be faster than its answer.
    if (!this.options.channels.has(channel)) this.enter(channel);
    await this.notice(id, 'join');
  }

  private async tell(channel: ChannelName, told: Promise<void>): Promise<void> {
    try {
      await told;
      this.leaving.delete(channel);
    } catch (error) {
      this.postponed(channel, error);
    }
  }

  /** The tracker could not be told, or refused: tried again later. */
  private postponed(channel: ChannelName, error: unknown): void {
    this.options.log.info({ channel, err: error }, 'the tracker is told of this channel later');
  }
}
