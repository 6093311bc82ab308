/** What is shown as a notification, and what is counted in the title. Pure. */
import type { EntryView, LocalEvent, Notify } from '../../../protocol/local-api.js';
import { currentConversation, isSinceJoined } from './attention.js';
import type { Daemon, State } from './model.js';

export type Looking = Pick<State, 'daemon' | 'route' | 'visible' | 'joinedAt'> & {
  /** The window has the keyboard. */
  readonly focused: boolean;
};

/** Of what the daemon says is worth a notification, by all that the user has chosen: what they do not see just now. */
export function unseenAlerts(state: Looking, event: Extract<LocalEvent, { type: 'entries' }>): readonly EntryView[] {
  const { entries, alerts = [] } = event;
  if (alerts.length === 0 || isSeen(state, event.conversation)) return [];
  const ids = new Set(alerts);
  return entries.filter((entry) => ids.has(entry.id) && entry.deleted !== true && isSinceJoined(state, entry));
}

function isSeen(state: Looking, conversation: string): boolean {
  return state.visible && state.focused && currentConversation(state) === conversation;
}

/** The rule that holds for a conversation: its own, or that of all channels. */
export function notifyRule(daemon: Daemon | undefined, conversation: string): Notify {
  const own = daemon?.conversations[conversation]?.notify;
  return own ?? (conversation.startsWith('#') ? (daemon?.preferences.notify.channels ?? 'all') : 'all');
}

/** `count`: what is meant for this user in particular. `level`: how the favicon shows it. */
export interface Attention {
  readonly count: number;
  readonly level: 'none' | 'unread' | 'mention';
}

/** Direct messages and mentions count; what is muted neither counts nor shows. */
export function attentionOf(daemon: Daemon | undefined): Attention {
  let count = 0;
  let unread = false;
  for (const { id, unread: left, mentions = 0 } of Object.values(daemon?.conversations ?? {})) {
    const notify = notifyRule(daemon, id);
    if (notify === 'none') continue;
    count += id.startsWith('@') ? left : mentions;
    if (left > 0 && notify === 'all') unread = true;
  }
  if (count > 0) return { count, level: 'mention' };
  return { count, level: unread ? 'unread' : 'none' };
}
