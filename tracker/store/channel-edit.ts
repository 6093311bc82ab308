/** What becomes of a channel that an admin renames, archives or deletes: the same in every store. */
import { channelSkeleton } from '../../protocol/confusable.js';
import type { ChannelEdit, ChannelEdited, ChannelFacts, StoredChannel } from './tracker-store.js';

/**
 * @param isTaken whether another channel's name or title has this skeleton
 * @returns the facts to be written, or why nothing is
 */
export function editedChannel(
  known: StoredChannel | undefined,
  edit: ChannelEdit,
  now: number,
  isTaken: (skeleton: string) => boolean,
): ChannelFacts | Exclude<ChannelEdited, 'changed'> {
  if (!known) return 'unknown';
  if (known.permanent) return 'permanent';
  const wanted = edit.title === known.name ? undefined : edit.title;
  const title = edit.title === undefined ? known.title : wanted;
  const state = edit.state === 'used' ? undefined : (edit.state ?? known.state);
  if (title === known.title && state === known.state) return 'same';
  if (known.state === 'deleted') return 'deleted';
  // Its own name stays its own, also while it is called something else.
  if (title !== undefined && title !== known.title && isTaken(channelSkeleton(title))) return 'taken';
  return { title, state, since: Math.max(now, (known.since ?? 0) + 1) };
}
