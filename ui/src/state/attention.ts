/** What the person has not seen: the unread line of the conversation in view, and banners of `#broadcast`. */
import type { ConversationView, EntryView, LocalEvent } from '../../../protocol/local-api.js';
import { isMessage } from '../../../protocol/entry-kinds.js';
import { BROADCAST } from '../limits.js';
import { isFromOther } from './entries.js';
import type { State, UnreadMark } from './model.js';
import { mergeEntries, replaceEntries } from './order.js';
import { routeConversation } from './route.js';
import { namedChannel } from './sidebar.js';

const BANNERS_MAX = 50;

/** Somebody is taken to look at the window. */
export function isLooking({ visible, focused }: Pick<State, 'visible' | 'focused'>): boolean {
  return visible && focused;
}

export function currentConversation(state: Pick<State, 'daemon' | 'route'>): string | undefined {
  const { daemon, route } = state;
  if (!daemon) return undefined;
  const titled = route.view === 'channel' ? namedChannel(daemon, route.channel) : undefined;
  return titled === undefined ? routeConversation(route, daemon.me.username) : `#${titled}`;
}

/**
 * Sets the mark where unread messages are met: on opening a conversation, or when they come while nobody looks.
 * `before` is the state before the change. A mark that stands is kept while its messages are still unread. `live`: what changed was told
 * as it happened; what came while the connection was away was not seen as it came.
 */
export function withMarks(before: State, state: State, live = true): State {
  const current = currentConversation(state);
  const view = current === undefined ? undefined : state.daemon?.conversations[current];
  const opened = currentConversation(before) !== current;
  const kept = current !== undefined && !opened ? before.marks[current] : undefined;
  if (current === undefined || !view || view.unread === 0) return setMark(state, current, kept);
  if (current === state.justJoined && state.keptUnread !== current) return setMark(state, current, undefined);
  const unreadBefore = before.daemon?.conversations[current]?.unread ?? 0;
  const seen = live && isLooking(state) && state.following && !opened;
  if (state.keptUnread === current && before.keptUnread !== current)
    return setMark(state, current, { ...markOf(view), met: true });
  if (unreadBefore > 0 && kept) return setMark(state, current, kept);
  return setMark(state, current, seen && before.daemon ? kept : markOf(view));
}

/**
 * What the person marked as unread is not read by their looking on: the conversation is kept unread until they leave it, or
 * read it elsewhere. The daemon says that it was marked: counts and read marks move for other reasons as well.
 */
export function withKept(state: State, view: ConversationView, marked: boolean): State {
  if (view.unread === 0) return state.keptUnread === view.id ? withoutKept(state) : state;
  return marked && currentConversation(state) === view.id ? { ...state, keptUnread: view.id } : state;
}

export function withoutKept({ keptUnread: _, ...rest }: State): State {
  return rest;
}

export function withMet(marks: State['marks'], conversation: string): State['marks'] {
  const mark = marks[conversation];
  return mark && mark.met !== true ? { ...marks, [conversation]: { ...mark, met: true } } : marks;
}

/** Whether what is on the screen can be read: the line before what is unread was brought there. */
export function isMet({ marks }: Pick<State, 'marks'>, conversation: string): boolean {
  return marks[conversation] === undefined || marks[conversation].met === true;
}

export function markOf(view: {
  unread: number;
  readUpTo?: string | undefined;
  latest?: EntryView | undefined;
}): UnreadMark {
  return {
    count: view.unread,
    ...(view.readUpTo === undefined ? {} : { readUpTo: view.readUpTo }),
    ...(view.latest === undefined ? {} : { until: view.latest.id }),
  };
}

function setMark(state: State, current: string | undefined, mark: UnreadMark | undefined): State {
  return { ...state, marks: current === undefined || !mark ? {} : { [current]: mark } };
}

/** Banners live as long as `#broadcast` has unread messages; so dismissing in one window dismisses in all. */
export function bannersAfter(state: State, event: LocalEvent): readonly EntryView[] {
  if (event.type === 'conversation' && event.conversation.id === BROADCAST)
    return unseenBanners(state, event.conversation);
  if (event.type === 'changed') {
    return replaceEntries(state.banners, event.entries).filter(({ deleted }) => deleted !== true);
  }
  if (event.type !== 'entries' || event.conversation !== BROADCAST) return state.banners;
  if (isLooking(state) && state.following && currentConversation(state) === BROADCAST) return state.banners;
  return mergeEntries(state.banners, others(state, event.entries)).slice(-BANNERS_MAX);
}

/** Without those that have been read by now. */
function unseenBanners({ banners }: State, { unread, readUpTo }: ConversationView): readonly EntryView[] {
  if (unread === 0) return [];
  return banners.slice(banners.findLastIndex(({ id }) => id === readUpTo) + 1);
}

/** Whether there are unread broadcasts that no banner tells of: a snapshot names but the newest entry. */
export function lacksBanners(state: State): boolean {
  const unread = state.daemon?.conversations[BROADCAST]?.unread ?? 0;
  return Math.min(unread, BANNERS_MAX) > state.banners.length;
}

/** `entries`: the newest of `#broadcast`, oldest first. */
export function bannersWith(state: State, entries: readonly EntryView[]): readonly EntryView[] {
  const view = state.daemon?.conversations[BROADCAST];
  if (!view || view.unread === 0) return state.banners;
  const read = view.readUpTo === undefined ? -1 : entries.findLastIndex(({ id }) => id === view.readUpTo);
  const unread = others(state, entries.slice(read + 1)).slice(-view.unread);
  return mergeEntries(state.banners, unread).slice(-BANNERS_MAX);
}

/** A fresh snapshot names only the newest unread broadcast. */
export function bannersOf(state: State): readonly EntryView[] {
  const view = state.daemon?.conversations[BROADCAST];
  if (!view || view.unread === 0) return [];
  return mergeEntries(state.banners, others(state, view.latest ? [view.latest] : []));
}

/** What was written longer ago comes because one was away or is new to it: it is counted as unread, and not read out. */
const HEARD_MS = 300_000;

/** Whether it was written since the user is in its channel, as far as this window knows. */
export function isSinceJoined({ joinedAt }: Pick<State, 'joinedAt'>, { conversation, time }: EntryView): boolean {
  return Date.parse(time) >= (joinedAt[conversation] ?? 0);
}

/**
 * What the live region has to tell of: the last of the new texts of others, and how many they are. History that comes after joining,
 * or from another device, is none of it. `at`: the daemon's clock, ms.
 */
export function heardIn(state: State, event: LocalEvent, at?: number): { last: EntryView | undefined; count: number } {
  const isNew = (entry: EntryView): boolean =>
    isSinceJoined(state, entry) && (at === undefined || Date.parse(entry.time) > at - HEARD_MS);
  const heard = event.type === 'entries' ? others(state, event.entries).filter(isNew) : [];
  return { last: heard.at(-1), count: heard.length };
}

function others(state: State, entries: readonly EntryView[]): readonly EntryView[] {
  const { daemon } = state;
  if (!daemon) return [];
  // Whom the user muted calls nobody.
  const muted = ({ from }: EntryView): boolean => daemon.people[from.toLowerCase()]?.muted === true;
  return entries.filter((entry) => isMessage(entry) && isFromOther(entry, daemon.me.username) && !muted(entry));
}
