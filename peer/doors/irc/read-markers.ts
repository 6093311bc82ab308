/** How far the user has read (IRCv3 draft/read-marker): one place for all of their clients and windows, as the peer keeps it. */
import type { ConversationId, EntryId } from '../../../protocol/ids.js';
import type { Member } from './context.js';
import type { Outgoing } from './wire.js';

export class ReadMarkers {
  readonly #told = new Map<ConversationId, string>();

  constructor(private readonly me: Pick<Member, 'services' | 'session' | 'targetOf' | 'deliver'>) {}

  /** Counts as told. */
  line(conversation: ConversationId): Outgoing {
    const time = readTime(this.me, conversation);
    this.#told.set(conversation, time ?? '');
    const mark = time === undefined ? '*' : `timestamp=${time}`;
    const { session } = this.me;
    return { source: session.serverName, command: 'MARKREAD', params: [this.me.targetOf(conversation), mark] };
  }

  /** Something of the conversation changed. */
  changed(conversation: ConversationId): void {
    const time = readTime(this.me, conversation);
    if (time === undefined || time === this.#told.get(conversation)) return;
    this.me.deliver(this.line(conversation));
  }
}

/** The time of the last entry that was read. */
export function readTime({ services }: Pick<Member, 'services'>, conversation: ConversationId): string | undefined {
  const id = services.conversations.get(conversation)?.readUpTo;
  const entry = id === undefined ? undefined : services.history.entry(id as EntryId);
  return entry && (entry.at ?? entry.time);
}
