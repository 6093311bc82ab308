/** What one client hears without asking: messages of its user's conversations, and who comes and goes. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { Entry } from '../../../protocol/entry.js';
import { userKey, type ConversationId, type Username } from '../../../protocol/ids.js';
import type { PersonView } from '../../../protocol/local-api.js';
import type { PeerEvents, PeerServices } from '../../services.js';
import { entryLine } from './peer-requests.js';

/** What was written so long before a client came counts as news to it: clocks differ, and others take a moment. */
const NEWS_MS = 60_000;

export class Feed {
  readonly #services: PeerServices;
  readonly #tell: (line: object) => void;
  readonly #online = new Set<string>();
  /**
   * Of channels that were empty here when the client came, or that it has joined since: when. What is older is their history, which
   * comes all at once, and is asked for by who wants it.
   */
  readonly #newsSince = new Map<ConversationId, number>();
  readonly #undo: () => void;

  constructor(services: PeerServices, tell: (line: object) => void) {
    this.#services = services;
    this.#tell = tell;
    for (const { id, latest } of services.conversations.list())
      this.#newsSince.set(id as ConversationId, latest ? -Infinity : this.#now());
    for (const person of services.people.list()) if (isOnline(person)) this.#online.add(person.username);
    const entries = (...added: PeerEvents['entries']): void => this.#entries(...added);
    const person = (changed: PersonView): void => this.#person(changed);
    const { events } = services;
    events.on('entries', entries);
    events.on('person', person);
    this.#undo = () => {
      events.off('entries', entries);
      events.off('person', person);
    };
  }

  close(): void {
    this.#undo();
  }

  #now(): number {
    return this.#services.clock.now();
  }

  #entries({ conversation, entries, awaited }: PeerEvents['entries'][0]): void {
    const { people, history } = this.#services;
    const since = this.#since(conversation);
    for (const entry of entries) {
      if (!isMessage(entry) || people.hides(entry.from) || Date.parse(entry.at ?? entry.time) < since) continue;
      const related = awaited?.has(entry.id) === true ? history.related(entry) : undefined;
      const now: Entry = related?.edited ? { ...entry, message: related.edited.message } : entry;
      const line = entryLine(now, people, related?.deleted === true);
      if (line) this.#tell(line);
    }
  }

  #since(conversation: ConversationId): number {
    const known = this.#newsSince.get(conversation);
    // Whoever writes to this user for the first time is always news.
    const since = known ?? (conversation.startsWith('@') ? -Infinity : this.#now());
    if (known === undefined) this.#newsSince.set(conversation, since);
    return since - NEWS_MS;
  }

  #person(person: PersonView): void {
    const { people, account } = this.#services;
    const { username } = person;
    const online = isOnline(person);
    if (online === this.#online.has(username)) return;
    if (online) this.#online.add(username);
    else this.#online.delete(username);
    const isSelf = userKey(username as Username) === userKey(account.username);
    if (!isSelf && !people.hides(username as Username))
      this.#tell({ type: online ? 'join' : 'leave', user_id: username });
  }
}

function isOnline({ presence }: PersonView): boolean {
  return presence !== 'offline';
}
