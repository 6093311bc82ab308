/** What the user may see of transfers: nothing of whom they block. */
import type { Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { Username } from '../../protocol/ids.js';
import type { TransferView } from '../../protocol/local-api.js';

/** Of what goes to somebody; two words and a name. */
export function goingId(sha256: string, user: string): string {
  return `up ${sha256} ${user}`;
}

/** To whom it goes, of what `goingId` has made. */
export function userIn(id: string): Username | undefined {
  return id.split(' ')[2] as Username | undefined;
}

/**
 * Without those whom the user blocks, and by an entry that may be seen: what was begun before somebody was blocked, or took their entry
 * back, may end after that. @param showing what the user may see of these bytes, the latest first
 */
export function visible(
  view: TransferView,
  showing: readonly Entry[],
  hides: (user: Username) => boolean,
): TransferView | undefined {
  const seen = (user: string): boolean => !hides(user as Username);
  const entry = showing.find(({ id }) => id === view.entry) ?? showing[0];
  if (!entry || (view.user !== undefined && !seen(view.user))) return undefined;
  const liars = view.liars?.filter(seen) ?? [];
  const { liars: _, ...rest } = view;
  return {
    ...rest,
    ...{ entry: entry.id, conversation: entry.conversation, name: fileFacts(entry)?.name ?? view.name },
    users: view.users.filter(seen),
    ...(liars.length > 0 ? { liars } : {}),
  };
}
