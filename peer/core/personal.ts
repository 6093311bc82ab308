/**
 * What is this user's own choice, kept here alone: preferences, friends, whom they block, what notifies them; and how present
 * they are. There before this device is certified.
 */
import { isAlert } from '../../protocol/alerts.js';
import type { Entry } from '../../protocol/entry.js';
import { userKey, type ConversationId, type UserKey, type Username } from '../../protocol/ids.js';
import type { AutoFetch, ChosenNotify, Notify, Retention } from '../../protocol/local-api.js';
import { OwnPresence, type Status } from '../people/own-presence.js';
import type { Clock, PeerEmitter, Preferences } from '../services.js';
import { ChosenPeople } from '../settings/chosen-people.js';
import { ConversationChoices } from '../settings/conversation-choices.js';
import type { Document } from '../settings/document.js';
import { PreferenceBook } from '../settings/preferences.js';
import type { Settings } from '../settings/settings.js';
import type { InternalEmitter } from './internal-events.js';

export interface PersonalParts {
  readonly settings: Document<Settings>;
  readonly clock: Clock;
  readonly events: PeerEmitter;
  readonly internal: InternalEmitter;
  /** As `PreferenceBook`. */
  readonly mayHide: boolean;
}

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

export class Personal {
  readonly people: ChosenPeople;
  readonly preferences: Preferences;
  private readonly presence: OwnPresence;
  private readonly book: PreferenceBook;
  private readonly conversations: ConversationChoices;

  constructor(private readonly parts: PersonalParts) {
    const { settings, clock, events, internal, mayHide } = parts;
    this.people = new ChosenPeople(settings, (username, change) => void internal.emit('chosen', username, change));
    this.conversations = new ConversationChoices(settings);
    const book = new PreferenceBook(settings, (view) => void events.emit('preferences', view), mayHide);
    const presence = new OwnPresence({
      chosen: () => book.view().presence,
      clock,
      timers,
      changed: () => void internal.emit('presence'),
    });
    events.on('preferences', () => presence.look());
    this.book = book;
    this.presence = presence;
    this.preferences = {
      view: () => book.view(),
      set: (change) => book.set(change),
      active: (active) => presence.active(active),
      alerts: (self) => this.alerts(self),
    };
  }

  /** The preferences are looked at once for all that comes together, and the clock. */
  private alerts(self: Username): (entry: Entry) => boolean {
    const { presence, quietUntil, notify: rules } = this.book.view();
    const now = this.parts.clock.now();
    const present = this.presence.status === 'online';
    const quiet = presence === 'busy' || (quietUntil !== undefined && Date.parse(quietUntil) > now);
    return (entry) => {
      const { conversation, from } = entry;
      const [rule, silent] = [this.notify(conversation), this.people.isSilent(userKey(from))];
      return isAlert(entry, { self, rules, rule, present, quiet, silent, now });
    };
  }

  get status(): Status {
    return this.presence.status;
  }

  tellsReads(user: UserKey): boolean {
    return this.book.view().sendReads && !this.people.isBlocked(user);
  }

  get tellsTyping(): boolean {
    return this.book.view().sendTyping;
  }

  /** What is worth a notification in a conversation; undefined for what the preferences say. */
  notify(id: ConversationId): Notify | undefined {
    return this.conversations.notify(id);
  }

  setNotify(id: ConversationId, notify: ChosenNotify): void {
    if (this.conversations.setNotify(id, notify)) this.parts.events.emit('conversation', id);
  }

  /** Which files of a conversation come by themselves; undefined for what the preferences say. */
  autoFetch(id: ConversationId): Exclude<AutoFetch, 'default'> | undefined {
    return this.conversations.autoFetch(id);
  }

  setAutoFetch(id: ConversationId, auto: AutoFetch): void {
    if (this.conversations.setAutoFetch(id, auto)) this.parts.events.emit('conversation', id);
  }

  /** After how many days a conversation forgets, 0: never; undefined for what the preferences say. */
  retention(id: ConversationId): Retention | undefined {
    return this.conversations.retention(id);
  }

  setRetention(id: ConversationId, days: Retention | 'default'): void {
    if (!this.conversations.setRetention(id, days)) return;
    this.parts.events.emit('conversation', id);
    this.parts.internal.emit('forgets');
  }

  close(): void {
    this.presence.close();
  }
}
