/** What a user chooses and says of themself, in memory: for the tests of the ways in. */
import { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import type { PersonView, PreferencesView, ProfileView } from '../../protocol/local-api.js';
import { HookBook } from '../hooks/book.js';
import type { PeerEmitter, Picture, Preferences, Profiles } from '../services.js';
import type { Secrets } from '../settings/secrets.js';

export interface Around {
  readonly me: Username;
  readonly events: PeerEmitter;
  readonly people: { person(name: Username): PersonView | undefined };
  person(person: PersonView): void;
}

/** Hooks that are kept as long as the test. */
function bookOfHooks(): HookBook {
  const data: Secrets = { uiSessions: [] };
  const secrets = { data, update: (change: (data: Secrets) => void) => change(data), flush: async () => undefined };
  return new HookBook({ secrets, clock: { now: () => 0 }, place: () => '0', mayBeLocal: true });
}

export class TestPersonal {
  readonly hooks = bookOfHooks();
  /** What windows said of their use. */
  readonly activity: boolean[] = [];
  /** Served as everybody's picture. */
  shown: Picture | undefined;
  #preferences: PreferencesView = {
    ...{ presence: 'auto', sendReads: true, sendTyping: true },
    notify: { channels: 'all', calls: true, keywords: [] },
    files: { auto: 'all', autoKinds: 'pictures', autoMax: 5_000_000, down: 0, up: 0, atOnce: 4, quota: 1_000_000 },
    retention: 0,
  };
  #profile: Omit<ProfileView, 'username'> = {};

  constructor(readonly around: Around) {}

  readonly profiles: Profiles = {
    of: (username) => ({ ...(username === this.around.me ? this.#profile : {}), username }),
    set: async ({ name, about, status }) => {
      const { me } = this.around;
      this.#profile = { ...(name ? { name } : {}), ...(about ? { about } : {}), ...(status ? { status } : {}) };
      const known = this.#known(me);
      this.around.person({ ...known, ...(name ? { name } : {}), ...(status ? { status } : {}) });
      return { username: me, ...this.#profile };
    },
    picture: () => this.shown,
  };

  readonly preferences: Preferences = {
    view: () => this.#preferences,
    set: ({ quietUntil, files, notify, ...change }) => {
      const { quietUntil: before, ...kept } = this.#preferences;
      const { quietHours, ...rules } = { ...kept.notify, ...notify };
      const rest = {
        ...kept,
        files: { ...kept.files, ...files },
        notify: { ...rules, ...(quietHours && { quietHours }) },
      };
      const until = quietUntil === undefined ? before : (quietUntil ?? undefined);
      this.#preferences = { ...rest, ...change, ...(until === undefined ? {} : { quietUntil: until }) };
      this.around.events.emit('preferences', this.#preferences);
      return this.#preferences;
    },
    active: (active) => void this.activity.push(active),
    alerts: () => () => false,
  };

  choose(name: Username, choice: { friend?: boolean; blocked?: boolean }): void {
    const { friend, blocked, ...rest } = { ...this.#known(name), ...choice };
    this.around.person({ ...rest, ...(friend ? { friend } : {}), ...(blocked ? { blocked } : {}) });
  }

  #known(name: Username): PersonView {
    const known = this.around.people.person(name);
    if (!known) throw new ParleyError('unknown_user');
    return known;
  }
}
