/** The messages that commands are about, and whom a text names. */
import { isMessage } from '../../protocol/entry-kinds.js';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import type { EntryView } from '../../protocol/local-api.js';
import { namedIn } from '../../protocol/mentions.js';
import type { Related } from '../../protocol/related.js';
import type { PeerServices } from '../services.js';
import { conversationArgument, entryArgument } from './arguments.js';
import { entryViews } from './entry-view.js';

export interface Target {
  readonly entry: Entry;
  readonly related: Related;
}

/**
 * A message of a conversation that the user is in.
 * @throws bad_request naming `field`, or for what is no message; not_found, not_member, unknown_user
 */
export function messageArgument(services: PeerServices, field: string, id: string): Target {
  const entry = services.history.entry(entryArgument(field, id));
  if (!entry) throw new ParleyError('not_found', 'That message is not here. Wait until it has come, then try again.');
  conversationArgument(services, entry.conversation);
  if (!isMessage(entry)) throw new ParleyError('bad_request', `${field} must be a message: a text or a file.`);
  return { entry, related: services.history.related(entry) ?? {} };
}

/** @throws as `messageArgument`, and not_found for one that was deleted */
export function standingMessage(services: PeerServices, field: string, id: string): Target {
  const target = messageArgument(services, field, id);
  if (target.related.deleted) throw new ParleyError('not_found', 'That message has been deleted.');
  return target;
}

/** @throws forbidden */
export function checkOwn({ entry, related }: Target, { account }: PeerServices, what: string): void {
  if (!sameUser(entry.from, account.username))
    throw new ParleyError('forbidden', `Only ${entry.from} can ${what} this message.`);
  if (related.former)
    throw new ParleyError('forbidden', 'This message is of before the tracker was set up anew. It stays as it is.');
}

/** How an entry looks now. */
export function viewNow(services: PeerServices, entry: Entry): EntryView {
  const [view] = entryViews(services, [entry]);
  if (!view) throw new ParleyError('internal');
  return view;
}

/** `data` with the names of those whom the text names, in place of whatever stood there. */
export function withMentions(
  services: PeerServices,
  message: string,
  { mentions: _, ...data }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!message.includes('@')) return data;
  const named = namedIn(message, (name) => services.people.person(name as Username)?.username as Username | undefined);
  return named.length === 0 ? data : { ...data, mentions: named };
}
