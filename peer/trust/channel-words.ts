/**
 * What admins have made of channels (SPEC.md section 3): by the signature of the tracker's CA alone. What a former CA said was of other
 * channels.
 */
import { channelWordBytes, type ChannelWord } from '../../protocol/channel-word.js';
import { ParleyError } from '../../protocol/errors.js';
import { conversationParts, type ChannelName, type ConversationId } from '../../protocol/ids.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import { Statements, type StatementKind, type StatementsOptions } from './statements.js';

const kind: StatementKind<ChannelWord> = {
  about: ({ channel }) => channel,
  bytes: channelWordBytes,
  isStronger: ({ time }, known) => time > known.time,
  plain: ({ channel, title, state, time, sig }) => ({ channel, title, state, time, sig }),
  line: ({ channel, title, state, time }) => `${channel} ${time} ${title} ${state}\n`,
  // A tracker signs them anew with the CA that it has: only one that has none sends others, in a list of up to 20,000 channels.
  wrongMax: 100,
};

/** What is still written in a channel that is not used any more: one leaves it, and takes back what one wrote. */
const STILL_WRITTEN: ReadonlySet<string> = new Set(['leave', 'delete']);

export class ChannelWords extends Statements<ChannelWord> {
  constructor(options: StatementsOptions<ChannelWord>) {
    super(kind, options, false);
  }

  /** @returns the channels of which something new is known by this */
  heard(event: TrackerEvent): ChannelName[] {
    return this.learn(wordsIn(event)).map(({ channel }) => channel as ChannelName);
  }

  /** Why nobody joins it, and nothing new is written there; undefined where it is used. */
  closed(channel: ChannelName): ParleyError | undefined {
    const state = this.get(channel)?.state ?? 'used';
    if (state === 'used') return undefined;
    return new ParleyError(state === 'archived' ? 'channel_archived' : 'channel_deleted');
  }

  /** Why an entry of this kind is not written there. */
  refusal({ conversation, kind: of }: { conversation: ConversationId; kind: string }): ParleyError | undefined {
    if (STILL_WRITTEN.has(of)) return undefined;
    const parts = conversationParts(conversation);
    return parts?.kind === 'channel' ? this.closed(parts.channel) : undefined;
  }
}

function wordsIn(event: TrackerEvent): ChannelWord[] {
  if (event.type === 'channel_deleted') return [event.word];
  if (event.type === 'channel_updated') return event.channel.word ? [event.channel.word] : [];
  if (event.type !== 'snapshot') return [];
  return [...event.channels.flatMap(({ word }) => word ?? []), ...(event.deleted ?? [])];
}
