import type { Command } from './command.js';

export const noticeDismiss: Command<'notice.dismiss'> = async ({ notices }, { id }) => {
  notices.dismiss(id);
  return {};
};
