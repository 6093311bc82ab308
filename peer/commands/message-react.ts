import { isEmoji } from '../../protocol/emoji.js';
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import { REACTIONS_MAX } from '../../protocol/limits.js';
import type { Command } from './command.js';
import { standingMessage, viewNow } from './target.js';

/**
 * Nothing is written where it is so already.
 * @throws bad_request, not_found, not_member, unknown_user, and what the writer refuses with
 */
export const messageReact: Command<'message.react'> = async (services, { on, ...args }) => {
  const { entry, related } = standingMessage(services, 'target', args.target);
  const emoji = args.emoji.normalize('NFC');
  if (!isEmoji(emoji)) throw new ParleyError('bad_request', 'emoji must be one emoji.');
  const { reactions = [] } = related;
  const users: readonly Username[] = reactions.find((known) => known.emoji === emoji)?.users ?? [];
  const isOn = users.some((user) => sameUser(user, services.account.username));
  if (on && users.length === 0 && reactions.length >= REACTIONS_MAX)
    throw new ParleyError('bad_request', `This message has ${REACTIONS_MAX} different emoji. Use one of those.`);
  if (on !== isOn) {
    const data = { target: entry.id, emoji, ...(on ? {} : { remove: true }) };
    await services.writer.append({ conversation: entry.conversation, kind: 'reaction', message: '', data });
  }
  return { entry: viewNow(services, entry) };
};
