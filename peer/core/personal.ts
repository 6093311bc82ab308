/**
 * What is this user's own choice, kept here alone: preferences, friends, whom they block, what notifies them; and how present
 * they are. There before the core is, and asked by it.
 */
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, userKey, type ConversationId, type UserKey, type Username } from '../../protocol/ids.js';
import type { Notify, PersonView } from '../../protocol/local-api.js';
import { OwnPresence, type Status } from '../people/own-presence.js';
import type { Clock, PeerEmitter, People, Preferences } from '../services.js';
import { ChosenPeople, type Choice, type ChoiceChange } from '../settings/chosen-people.js';
import { ConversationChoices } from '../settings/conversation-choices.js';
import type { Document } from '../settings/document.js';
import { PreferenceBook } from '../settings/preferences.js';
import type { Settings } from '../settings/settings.js';

export interface PersonalParts {
  readonly self: Username;
  readonly settings: Document<Settings>;
  readonly events: PeerEmitter;
  readonly clock: Clock;
  readonly directory: () => {
    person(user: Username): PersonView | undefined;
    changed(username: Username): void;
    channelChanged(): void;
    met(username: Username): void;
  };
  /** Undefined before this device is certified. */
  readonly core: () =>
    { readonly social: { readonly statuses: { changed(): void } }; chosen(user: UserKey): void } | undefined;
  /** Has the tracker told of what changed. */
  readonly announce: () => void;
}

const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms).unref(),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

export class Personal implements Pick<People, 'choose'> {
  readonly people: ChosenPeople;
  readonly presence: OwnPresence;
  readonly preferences: Preferences;
  private readonly book: PreferenceBook;
  private readonly conversations: ConversationChoices;

  constructor(private readonly parts: PersonalParts) {
    const { settings, events, clock } = parts;
    this.people = new ChosenPeople(settings, (username, change) => this.chosen(username, change));
    this.conversations = new ConversationChoices(settings);
    this.book = new PreferenceBook(settings, (view) => {
      events.emit('preferences', view);
      this.presence.look();
    });
    this.presence = new OwnPresence({
      chosen: () => this.book.view().presence,
      clock,
      timers,
      changed: () => this.presenceChanged(),
    });
    this.preferences = {
      view: () => this.book.view(),
      set: (change) => this.book.set(change),
      active: (active) => this.presence.active(active),
    };
  }

  get status(): Status {
    return this.presence.status;
  }

  /** For the core. */
  readonly forCore = {
    tellReads: (user: UserKey): boolean => this.book.view().sendReads && !this.people.isBlocked(user),
    blocks: { isBlocked: (user: UserKey) => this.people.isBlocked(user), blocked: () => this.people.blocked() },
    silent: (user: UserKey): boolean => this.people.isSilent(user),
    silentUsers: (): UserKey[] => this.people.silent(),
    notifyOf: (id: ConversationId): Exclude<Notify, 'all'> | undefined => this.conversations.notify(id),
  };

  readonly tellTyping = (): boolean => this.book.view().sendTyping;
  readonly blocked = (user: UserKey): boolean => this.people.isBlocked(user);

  setNotify(id: ConversationId, notify: Notify): void {
    if (this.conversations.setNotify(id, notify)) this.parts.events.emit('conversation', id);
  }

  /** Whom the user has chosen anything about is known from the start, wherever they are. */
  introduce(): void {
    for (const username of this.people.all()) this.parts.directory().met(username);
  }

  choose(username: Username, choice: Choice): void {
    const { self, directory } = this.parts;
    if (sameUser(username, self)) throw new ParleyError('bad_request', 'That is you. Choose somebody else.');
    const known = directory().person(username);
    if (!known) throw new ParleyError('unknown_user');
    this.people.choose(known.username as Username, choice);
  }

  close(): void {
    this.presence.close();
  }

  private chosen(username: Username, { silence, blocked }: ChoiceChange): void {
    const { directory, core, events } = this.parts;
    directory().changed(username);
    if (silence) core()?.chosen(userKey(username));
    if (!blocked) return;
    directory().channelChanged();
    events.emit('blocks');
  }

  private presenceChanged(): void {
    const { self, directory, core, announce } = this.parts;
    directory().changed(self);
    core()?.social.statuses.changed();
    announce();
  }
}
