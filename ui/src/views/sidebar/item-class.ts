import type { Waiting } from '../../state/sidebar.js';

/** What is muted does not call: it is dimmed, and bold only where somebody names the user. */
export function itemClass({ unread, mentions, muted }: Waiting): string {
  const calls = muted ? mentions > 0 : unread > 0;
  return `item${calls ? ' item-unread' : ''}${muted ? ' item-muted' : ''}`;
}
