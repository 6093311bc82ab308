/** What of all files the user may see: those of conversations that they are in, and nothing of whom they block. */
import type { Entry } from '../../protocol/entry.js';
import {
  conversationParts,
  userKey,
  type ChannelName,
  type ConversationId,
  type Username,
} from '../../protocol/ids.js';
import type { FileScope, FileStore } from '../store/files.js';

export interface ScopeParts {
  readonly store: FileStore;
  /** What others say of them decides: see `BlockFilter`. */
  readonly filter: { hides(user: Username): boolean; hidden(): readonly string[] };
  /** Those that the user is in. */
  readonly channels: { has(channel: ChannelName): boolean };
  /** All of which something is here. */
  readonly conversations: () => ConversationId[];
}

export class Scope {
  constructor(private readonly parts: ScopeParts) {}

  now(): FileScope {
    const { filter, conversations } = this.parts;
    const but = filter.hidden().map((user) => userKey(user as Username));
    return { conversations: conversations().filter((id) => this.isOpen(id)), but };
  }

  /** The entries that the user may see of these bytes, the latest first. */
  showing(sha256: string): Entry[] {
    const { store, filter } = this.parts;
    return store.entriesOf(sha256).filter(({ from, conversation }) => !filter.hides(from) && this.isOpen(conversation));
  }

  private isOpen(conversation: ConversationId): boolean {
    const parts = conversationParts(conversation);
    return parts?.kind === 'direct' || (parts?.kind === 'channel' && this.parts.channels.has(parts.channel));
  }
}
