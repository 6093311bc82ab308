import { ParleyError } from '../../protocol/errors.js';
import type { CommandArguments, FilePreferences, PreferencesView } from '../../protocol/local-api.js';
import type { Settings } from './settings.js';

/** Where they are kept: the `settings.json` document. */
export interface PreferenceStore {
  readonly data: Readonly<Pick<Settings, 'preferences' | 'profile'>>;
  update(change: (data: Pick<Settings, 'preferences'>) => void): void;
}

/** As it comes: small pictures of everybody, and as much of the disk as a phone has. */
const FILES: FilePreferences = {
  ...{ auto: 'all', autoKinds: 'pictures', autoMax: 5_000_000 },
  ...{ down: 0, up: 0, atOnce: 4, quota: 20e9 },
};

/** What the user has chosen for all of their windows; what they never touched is as it comes. */
export class PreferenceBook {
  readonly #store: PreferenceStore;
  readonly #changed: (view: PreferencesView) => void;

  constructor(store: PreferenceStore, changed: (view: PreferencesView) => void) {
    this.#store = store;
    this.#changed = changed;
  }

  view(): PreferencesView {
    const { preferences, profile } = this.#store.data;
    const { presence = 'auto', quietUntil, sendTyping = true } = preferences;
    // Earlier versions had the one choice, in the profile.
    const sendReads = preferences.sendReads ?? profile.readReceipts !== false;
    const files = { ...FILES, ...preferences.files };
    return { presence, ...(quietUntil === undefined ? {} : { quietUntil }), sendReads, sendTyping, files };
  }

  /** @throws bad_request for a time that is none */
  set({ presence, quietUntil, sendReads, sendTyping, files }: CommandArguments<'preferences.set'>): PreferencesView {
    const until = typeof quietUntil === 'string' ? timeOf(quietUntil) : undefined;
    this.#store.update(({ preferences }) => {
      if (presence !== undefined) preferences.presence = presence;
      if (sendReads !== undefined) preferences.sendReads = sendReads;
      if (sendTyping !== undefined) preferences.sendTyping = sendTyping;
      if (files !== undefined) preferences.files = { ...preferences.files, ...files };
      if (until !== undefined) preferences.quietUntil = until;
      else if (quietUntil === null) delete preferences.quietUntil;
    });
    const view = this.view();
    this.#changed(view);
    return view;
  }
}

function timeOf(text: string): string {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new ParleyError('bad_request', 'quietUntil must be a time such as 2026-11-20T18:00:00Z, or null.');
  return new Date(ms).toISOString();
}
