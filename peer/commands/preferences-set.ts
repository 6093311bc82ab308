import type { Command } from './command.js';

/** @throws bad_request */
export const preferencesSet: Command<'preferences.set'> = async ({ preferences }, change) => ({
  preferences: preferences.set(change),
});
