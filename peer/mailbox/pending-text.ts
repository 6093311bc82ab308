/** Why an own message has not reached anybody yet, in a sentence with what will change that. */
import { conversationParts, type ConversationId, type UserKey } from '../../protocol/ids.js';
import type { Waiting } from './machine.js';

/**
 * @param names how users spell their names, and whether they are online though not linked to
 * @returns undefined where nothing waits, or a link brings it there
 */
export function pendingText(
  id: ConversationId,
  waiting: Waiting | undefined,
  names: (user: UserKey) => { name: string; online: boolean },
  self: UserKey,
): string | undefined {
  const parts = conversationParts(id);
  if (!waiting || !parts) return undefined;
  const sealed = waiting.mailed >= waiting.last;
  if (parts.kind === 'channel') {
    const nobody = `Nobody else in #${parts.channel} can be reached`;
    if (sealed) return `${nobody}: sealed in their mailboxes, delivered when they are back.`;
    if (waiting.trouble === 'full') return `${nobody}, and their mailboxes are full: ${later('anyone of them')}`;
    return `${nobody}: delivered when anyone in #${parts.channel} is back.`;
  }
  const [a, b] = parts.users;
  const { name, online } = names(a === self ? b : a);
  if (waiting.trouble === 'full' && !sealed) return `The mailbox of ${name} is full: ${later(name)}`;
  if (online) {
    const why = `There is no link to ${name} yet`;
    return sealed
      ? `${why}: sealed in the mailbox, of which ${name} is told.`
      : `${why}: delivered as soon as there is.`;
  }
  if (sealed) return `${name} is offline: sealed in the mailbox, delivered when ${name} is back.`;
  return `${name} is offline: delivered when ${name} is back.`;
}

function later(who: string): string {
  return `kept here, and delivered when ${who} is back while this peer runs.`;
}
