import type { Command } from './command.js';

export const noticeDismiss: Command<'notice.dismiss'> = async ({ notices }, { notice }) => {
  notices.dismiss(notice);
  return {};
};
