/**
 * The events of a peer, listened to once for all clients of its user. What goes wrong in one client is that client's alone: nothing
 * is thrown into whoever emits.
 */
import type { Entry } from '../../../protocol/entry.js';
import type { ConversationId, EntryId, Username } from '../../../protocol/ids.js';
import type { PeerEvents, PeerServices } from '../../services.js';

export interface Listener {
  /** @param marks the `client` of own ones that were posted with one */
  entries(conversation: ConversationId, entries: readonly Entry[], marks: ReadonlyMap<EntryId, string>): void;
  typing(conversation: ConversationId, username: Username): void;
  /** How far it is read may have changed. */
  read(conversation: ConversationId): void;
  /** Who is where may have changed: people, channels, whom the user blocks. */
  stirred(): void;
  /** It could not be told something. */
  lost(error: unknown): void;
}

const NO_MARKS: ReadonlyMap<EntryId, string> = new Map();

export class Feeds {
  readonly #feeds = new Map<PeerServices, { readonly listeners: Set<Listener>; readonly end: () => void }>();

  /** @returns what ends it */
  join(services: PeerServices, listener: Listener): () => void {
    const feed = this.#feeds.get(services) ?? this.#begin(services);
    feed.listeners.add(listener);
    return () => {
      feed.listeners.delete(listener);
      if (feed.listeners.size > 0 || this.#feeds.get(services) !== feed) return;
      this.#feeds.delete(services);
      feed.end();
    };
  }

  #begin(services: PeerServices) {
    const listeners = new Set<Listener>();
    const tell = (what: (listener: Listener) => void): void => {
      for (const listener of listeners) {
        try {
          what(listener);
        } catch (error) {
          listener.lost(error);
        }
      }
    };
    const stirred = (): void => tell((listener) => listener.stirred());
    const end = subscribe(services, {
      entries: ({ conversation, entries, client }) =>
        tell((listener) => listener.entries(conversation, entries, client ?? NO_MARKS)),
      typing: ({ conversation, username }) => tell((listener) => listener.typing(conversation, username)),
      conversation: (id) => tell((listener) => listener.read(id)),
      conversation_removed: stirred,
      person: stirred,
      channel: stirred,
      blocks: stirred,
    });
    const feed = { listeners, end };
    this.#feeds.set(services, feed);
    return feed;
  }
}

type Handlers = { readonly [Name in keyof PeerEvents]?: (...args: PeerEvents[Name]) => void };

function subscribe({ events }: PeerServices, handlers: Handlers): () => void {
  const names = Object.keys(handlers) as (keyof PeerEvents)[];
  const all = names.map((name) => [name, handlers[name] as (...args: unknown[]) => void] as const);
  for (const [name, handler] of all) events.on(name, handler);
  return () => {
    for (const [name, handler] of all) events.off(name, handler);
  };
}
