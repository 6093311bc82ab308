import type { EditableSettings } from '../../protocol/admin-api.js';
import { adminPage } from './admin-layout.js';
import { fieldState, type Problem } from './form-fields.js';
import { html, type Html, type Site } from './layout.js';

export interface SettingsPage {
  username: string;
  settings: EditableSettings;
  /** Said by the command line. */
  fixed: readonly (keyof EditableSettings)[];
  /** One of several trackers, for all of which they hold. */
  isCluster: boolean;
  saved: boolean;
}

type Choice = readonly [value: string, name: string];
const REGISTRATION: readonly Choice[] = [
  ['auto', 'By invite, or everybody of this machine'],
  ['open', 'Everybody'],
  ['invite', 'Who has an invite'],
  ['approval', 'Everybody; an admin approves those without an invite'],
  ['closed', 'Nobody'],
];
const YES_NO: readonly Choice[] = [
  ['true', 'Yes'],
  ['false', 'No'],
];
const LIST: readonly Choice[] = [
  ['everyone', 'All accounts'],
  ['shared-channels', 'Those who share a channel with them'],
];

export const SETTING_NAMES = {
  name: 'Name of this tracker',
  welcome: 'Text for everybody',
  registration: 'Who makes an account',
  guests: 'Guests, each for one visit',
  userList: 'Whom people see in the list of people',
} as const;

export function settingsPage(site: Site, { username, settings, fixed, isCluster, saved }: SettingsPage): string {
  return adminPage(site, {
    title: 'Settings',
    section: 'admin-settings.html',
    username,
    main: html`<section class="card" aria-labelledby="settings">
      <h1 id="settings">Settings</h1>
      ${saved ? html`<p class="notice" role="status">Saved. They hold from now on.</p>` : undefined}
      ${isCluster ? html`<p class="quiet">They hold for all trackers of this cluster.</p>` : undefined}
      ${settingsForm('admin/settings', settings, fixed)}
      <p class="quiet after">
        All else stands in settings.json on ${isCluster ? 'each tracker’s machine' : 'the tracker’s machine'}, and is
        read at its start.
      </p>
    </section>`,
  });
}

/** @param values as they are, or as they were typed; what is absent is not asked, and stays as it is */
export function settingsForm(
  action: string,
  values: Readonly<Partial<Record<keyof EditableSettings, string | boolean>>>,
  fixed: SettingsPage['fixed'],
  problem?: Problem,
): Html {
  const choice = (key: keyof EditableSettings, choices: readonly Choice[], hint?: string): Html | undefined => {
    if (values[key] === undefined) return undefined;
    const isFixed = fixed.includes(key);
    const value = String(values[key]);
    const options = choices.map(
      ([one, name]) => html`<option value="${one}" ${one === value ? html`selected` : undefined}>${name}</option>`,
    );
    const said = isFixed ? 'Given on the command line of this tracker: start it without to change it here.' : hint;
    return html`<div class="field">
      <label for="${key}">${SETTING_NAMES[key]}</label>
      <select
        id="${key}"
        name="${key}"
        ${isFixed ? html`disabled` : undefined}
        ${fieldState(problem, key, ...(said ? [`${key}-hint`] : []))}
      >
        ${options}
      </select>
      ${said ? html`<p class="hint" id="${key}-hint">${said}</p>` : undefined}
    </div>`;
  };
  return html`<form method="post" action="${action}" class="stack">
    <div class="field">
      <label for="name">${SETTING_NAMES.name}</label>
      <input
        id="name"
        name="name"
        value="${String(values.name ?? '')}"
        required
        maxlength="64"
        ${fieldState(problem, 'name')}
      />
    </div>
    <div class="field">
      <label for="welcome">${SETTING_NAMES.welcome}</label>
      <textarea id="welcome" name="welcome" rows="4" maxlength="2000" ${fieldState(problem, 'welcome', 'welcome-hint')}>
${String(values.welcome ?? '')}</textarea>
      <p class="hint" id="welcome-hint">Shown where people sign in, and on the dashboard.</p>
    </div>
    ${choice('registration', REGISTRATION)} ${choice('guests', YES_NO, 'They have no account, and make no channels.')}
    ${choice('userList', LIST)}
    <button type="submit">Save</button>
  </form>`;
}
