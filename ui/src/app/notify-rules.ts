/** What of a conversation is worth a notification. */
import type { ConversationView } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { alertFailure } from './failures.js';

export async function setNotify(
  app: App,
  conversation: string,
  notify: NonNullable<ConversationView['notify']>,
): Promise<void> {
  try {
    await app.commands.run('conversation.settings', { conversation, notify });
  } catch (error) {
    alertFailure(app, error);
  }
}
