import type { Command } from './command.js';

export const presenceActive: Command<'presence.active'> = async ({ preferences }, { active }) => {
  preferences.active(active);
  return {};
};
