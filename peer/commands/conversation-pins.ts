import { conversationArgument } from './arguments.js';
import type { Command } from './command.js';
import { entryViews } from './entry-view.js';

const PINS_MAX = 100;

/** @throws bad_request, not_member, unknown_user */
export const conversationPins: Command<'conversation.pins'> = async (services, args) => {
  const pins = services.history.pins(conversationArgument(services, args.conversation), PINS_MAX);
  return { entries: entryViews(services, pins) };
};
