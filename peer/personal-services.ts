/** What doors see of what people say of themselves, and choose: `peer/services.ts` has the rest. */
import type { Entry } from '../protocol/entry.js';
import type { Username } from '../protocol/ids.js';
import type { CommandArguments, PreferencesView, ProfileView } from '../protocol/local-api.js';

export interface Picture {
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** What people say of themselves; of who has said nothing their name alone. */
export interface Profiles {
  of(username: Username): ProfileView;
  /** What is absent stays. Resolves when it is durable. @throws bad_request */
  set(change: CommandArguments<'profile.set'>): Promise<ProfileView>;
  /** A picture that somebody's present profile shows, by the last part of its address. */
  picture(id: string): Picture | undefined;
}

/** What the user has chosen for all of their windows; `set`: what is absent stays. */
export interface Preferences {
  view(): PreferencesView;
  /** @throws bad_request for a time that is none */
  set(change: CommandArguments<'preferences.set'>): PreferencesView;
  /** Whether an entry that has just come is worth a notification, by all that the user has chosen. */
  alerts(self: Username): (entry: Entry) => boolean;
  /** A window is used, or has not been for a while: what the presence `auto` follows. */
  active(active: boolean): void;
}
