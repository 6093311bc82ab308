/** What of a conversation was on the screen, and so has been read, by the rule of the window (docs/decisions/timeline.md). Pure. */
import { timelineLines } from './layout.js';
import { timelineOf, type Effect, type State, type Step } from './model.js';
import { timelineRows } from './view.js';

/**
 * Opened: what is unread begins at the upper edge, where it is more than fits. Where it begins above what is loaded, one is at the
 * beginning of that. Where nothing was ever read, one is at the end.
 */
export function atUnread(state: State): State {
  const { current, readUpTo } = state;
  if (current === undefined || readUpTo === undefined) return state;
  const lines = timelineLines(state);
  const line = lines.findIndex(({ spans }) => spans.some(({ style }) => style === 'unread'));
  const last = timelineOf(state, current).entries.at(-1);
  if (line < 0 && last?.id === readUpTo) return state;
  return { ...state, scroll: Math.max(0, lines.length - Math.max(0, line) - timelineRows(state)) };
}

/**
 * The last message that is seen to its end has been read, and all before it, unless some of them lie above what is loaded. At the end
 * of the conversation all of it has.
 */
export function withRead([state, effects]: Step): Step {
  const { current, conversations } = state;
  const conversation = conversations.get(current ?? '');
  if (current === undefined || !conversation || conversation.unread === 0) return [state, effects];
  const upTo = seenUpTo(state, current, conversation.readUpTo);
  if (upTo === undefined) return [state, effects];
  const read: Effect = { do: 'run', command: 'conversation.read', args: { conversation: current, upTo } };
  return [state, [...effects, read]];
}

function seenUpTo(state: State, current: string, readUpTo: string | undefined): string | undefined {
  const { entries, newer } = timelineOf(state, current);
  if (state.scroll === 0 && !newer) return entries.at(-1)?.id;
  const read = entries.findIndex(({ id }) => id === readUpTo);
  if (read < 0) return undefined;
  const lines = timelineLines(state);
  const below = new Set(lines.slice(Math.max(0, lines.length - state.scroll)).map(({ id }) => id));
  return entries.slice(read + 1).findLast(({ id }) => !below.has(id))?.id;
}
