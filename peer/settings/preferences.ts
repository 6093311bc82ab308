import { ParleyError } from '../../protocol/errors.js';
import type {
  CommandArguments,
  FilePreferences,
  NotifyRules,
  NotifyRulesChange,
  PreferencesView,
} from '../../protocol/local-api.js';
import { isZone } from '../../protocol/quiet-hours.js';
import { isSeen } from '../../protocol/visible.js';
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

const NOTIFY: NotifyRules = { channels: 'all', calls: true, keywords: [] };

/** What the user has chosen for all of their windows; what they never touched is as it comes. */
export class PreferenceBook {
  readonly #store: PreferenceStore;
  readonly #changed: (view: PreferencesView) => void;
  readonly #mayHide: boolean;

  /** @param mayHide whether the address of this device is the user's to hide */
  constructor(store: PreferenceStore, changed: (view: PreferencesView) => void, mayHide = true) {
    this.#store = store;
    this.#changed = changed;
    this.#mayHide = mayHide;
  }

  view(): PreferencesView {
    const { preferences, profile } = this.#store.data;
    const { presence = 'auto', quietUntil, sendTyping = true, relayOnly = false, retention = 0 } = preferences;
    // Earlier versions had the one choice, in the profile.
    const sendReads = preferences.sendReads ?? profile.readReceipts !== false;
    const files = { ...FILES, ...preferences.files };
    const notify = { ...NOTIFY, ...preferences.notify };
    return {
      ...{ presence, ...(quietUntil === undefined ? {} : { quietUntil }), sendReads, sendTyping },
      ...{ ...(this.#mayHide ? { relayOnly } : {}), notify, files, retention },
    };
  }

  /** @throws bad_request for a time or a time zone that is none, and for what is not this user's to choose */
  set(change: CommandArguments<'preferences.set'>): PreferencesView {
    const { presence, quietUntil, sendReads, sendTyping, relayOnly, files, retention } = change;
    if (relayOnly !== undefined && !this.#mayHide)
      throw new ParleyError('bad_request', 'A gateway has one address for all of its users: nobody there can hide it.');
    const notify = change.notify && changedRules(this.view().notify, change.notify);
    const until = typeof quietUntil === 'string' ? timeOf(quietUntil) : undefined;
    this.#store.update(({ preferences }) => {
      if (presence !== undefined) preferences.presence = presence;
      if (sendReads !== undefined) preferences.sendReads = sendReads;
      if (sendTyping !== undefined) preferences.sendTyping = sendTyping;
      if (relayOnly !== undefined) preferences.relayOnly = relayOnly;
      if (retention !== undefined) preferences.retention = retention;
      if (notify !== undefined) preferences.notify = notify;
      if (files !== undefined) preferences.files = { ...preferences.files, ...files };
      if (until !== undefined) preferences.quietUntil = until;
      else if (quietUntil === null) delete preferences.quietUntil;
    });
    const view = this.view();
    this.#changed(view);
    return view;
  }
}

/** Keywords once each, without what nobody sees around them. */
function changedRules(before: NotifyRules, change: NotifyRulesChange): NotifyRules {
  const { quietHours: hours, ...rest } = before;
  const quietHours = change.quietHours === undefined ? hours : (change.quietHours ?? undefined);
  if (quietHours && !isZone(quietHours.zone))
    throw new ParleyError('bad_request', 'zone must be a time zone such as Europe/Berlin.');
  const keywords = change.keywords ?? before.keywords;
  const clean = [...new Set(keywords.map((word) => word.trim()).filter((word) => isSeen(word)))];
  return {
    ...rest,
    ...(change.channels && { channels: change.channels }),
    ...(change.calls !== undefined && { calls: change.calls }),
    keywords: clean,
    ...(quietHours && { quietHours: { ...quietHours, days: [...new Set(quietHours.days)].sort() } }),
  };
}

function timeOf(text: string): string {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new ParleyError('bad_request', 'quietUntil must be a time such as 2026-11-20T18:00:00Z, or null.');
  return new Date(ms).toISOString();
}
