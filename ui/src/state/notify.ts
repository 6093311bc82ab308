/** What is worth a notification, and what is counted in the title. Pure: the clock is an argument. */
import type { EntryView } from '../../../protocol/local-api.js';
import { isMessage } from '../../../protocol/entry-kinds.js';
import { currentConversation } from './attention.js';
import { isFromOther, sameName } from './entries.js';
import type { Daemon, State } from './model.js';
import { personOf } from './sidebar.js';

/** Older ones come when history is fetched, as after joining a channel: they are no news. */
const NEWS_MS = 24 * 3600_000;

export type Looking = Pick<State, 'daemon' | 'route' | 'visible'> & {
  /** The window has the keyboard. */
  readonly focused: boolean;
};

/** `now`: the daemon's clock, ms. */
export function worthNotifying(state: Looking, entry: EntryView, now: number): boolean {
  const { daemon } = state;
  if (!daemon || !isNews(daemon, entry, now)) return false;
  if (isSeen(state, entry.conversation)) return false;
  if (isQuiet(daemon, now)) return false;
  if (personOf(daemon, entry.from).muted === true) return false;
  const rule = daemon.conversations[entry.conversation]?.notify ?? 'all';
  return rule === 'all' || (rule === 'mentions' && names(entry, daemon.me.username));
}

function isNews({ me }: Daemon, entry: EntryView, now: number): boolean {
  if (!isMessage(entry)) return false;
  if (entry.deleted === true || !isFromOther(entry, me.username)) return false;
  return now - Date.parse(entry.time) < NEWS_MS;
}

function isSeen(state: Looking, conversation: string): boolean {
  return state.visible && state.focused && currentConversation(state) === conversation;
}

function isQuiet({ preferences }: Daemon, now: number): boolean {
  const { presence, quietUntil } = preferences;
  return presence === 'busy' || (quietUntil !== undefined && Date.parse(quietUntil) > now);
}

/** Whether an entry names a user. Who is named is for the daemon to say: it knew the names when it was written. */
export function names({ data }: EntryView, username: string): boolean {
  const { mentions } = data;
  return Array.isArray(mentions) && mentions.some((name) => typeof name === 'string' && sameName(name, username));
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
  for (const { id, unread: left, mentions = 0, notify = 'all' } of Object.values(daemon?.conversations ?? {})) {
    if (notify === 'none') continue;
    count += id.startsWith('@') ? left : mentions;
    if (left > 0 && notify === 'all') unread = true;
  }
  if (count > 0) return { count, level: 'mention' };
  return { count, level: unread ? 'unread' : 'none' };
}
