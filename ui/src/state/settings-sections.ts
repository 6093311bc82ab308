/** The sections of the settings, in the order shown; each is a URL of its own: `#/settings/privacy`. */
export const settingsSections = [
  'appearance',
  'notifications',
  'privacy',
  'files',
  'devices',
  'hooks',
  'connection',
  'keyboard',
  'about',
] as const;
export type SettingsSection = (typeof settingsSections)[number];

export function isSettingsSection(text: string): text is SettingsSection {
  return settingsSections.some((section) => section === text);
}
