/** The one reducer: pure; every change of the UI's state goes through it. */
import type { LocalEvent, Snapshot } from '../../../protocol/local-api.js';
import { BROADCAST, KEPT_AFTER_LEAVING } from '../limits.js';
import { withOutgoing } from '../files/outgoing.js';
import type { Action } from './actions.js';
import {
  bannersAfter,
  bannersOf,
  bannersWith,
  currentConversation,
  heardIn,
  markOf,
  withKept,
  withMarks,
  withMet,
  withoutKept,
} from './attention.js';
import { withBlocked } from './blocked.js';
import { composingAfter, withComposing, withoutComposing } from './composing.js';
import { fromSnapshot, reduceDaemon } from './daemon.js';
import { draftKey, withForeignDraft } from './drafts.js';
import { findingAfter, findingAfterGap, nothingFound, withFinding } from './finding.js';
import type { Place, State } from './model.js';
import { afterCut, withoutClients, withoutPosted, withPhase } from './outbox.js';
import { withAsked, withoutAsked } from './relations.js';
import { formatRoute } from './route.js';
import type { Route } from './route.js';
import { boundedDrafts, withBoundedDraft, withoutSnippet, withSnippet } from './snippets.js';
import { afterGap, withChanged, withFailure, withLeft, withLive, withLoading, withPage } from './timelines.js';
import { afterExpiry, withoutAuthors, withTypist } from './typing.js';
import { firstUnread } from './unread.js';

export function initialState(route: Route): State {
  return {
    session: { phase: 'checking' },
    connection: { phase: 'connecting' },
    clockOffset: 0,
    timelines: {},
    outbox: [],
    drafts: {},
    snippets: [],
    outgoing: [],
    typing: {},
    composing: {},
    asked: {},
    finding: nothingFound,
    marks: {},
    places: {},
    route,
    visible: true,
    focused: true,
    following: true,
    banners: [],
    alerts: [],
    heardCount: 0,
    joinedAt: {},
  };
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'session/signed_out': {
      const { view, reason } = action;
      const fresh = initialState(state.route);
      return {
        ...fresh,
        visible: state.visible,
        focused: state.focused,
        session: { phase: 'signed_out', view, ...(reason ? { reason } : {}) },
      };
    }
    case 'session/signed_in': {
      const session = { phase: 'signed_in', username: action.username } as const;
      const { outbox, snippets = [] } = action;
      return { ...state, session, outbox, drafts: boundedDrafts(action.drafts), snippets };
    }
    case 'connection': {
      const outbox = action.connection.phase === 'live' ? state.outbox : afterCut(state.outbox);
      return { ...state, connection: action.connection, outbox };
    }
    case 'snapshot':
      return withMarks(state, afterSnapshot(state, action.snapshot, action.at), false);
    case 'event':
      return withMarks(state, afterEvent(withNewChannel(state, action), action.event, action.at));
    case 'history/loading':
      return { ...state, timelines: withLoading(state.timelines, action.conversation, action) };
    case 'history/failed':
      return { ...state, timelines: withFailure(state.timelines, action.conversation, action.load) };
    case 'history/page':
      return { ...state, timelines: withPage(state.timelines, action.conversation, action) };
    case 'broadcasts':
      return { ...state, banners: bannersWith(state, action.entries) };
    case 'outbox/add':
      return { ...state, outbox: [...state.outbox, action.item] };
    case 'outbox/phase':
      return { ...state, outbox: withPhase(state.outbox, action.client, action.phase, action.problem) };
    case 'outbox/done': {
      const timelines = withLive(state.timelines, action.entry.conversation, [action.entry], state.following);
      return { ...state, timelines, outbox: withoutClients(state.outbox, new Set([action.client])) };
    }
    case 'outbox/drop':
      return { ...state, outbox: withoutClients(state.outbox, new Set([action.client])) };
    case 'draft':
      return withBoundedDraft(
        { ...state, drafts: { ...state.drafts, [action.conversation]: action.text } },
        action.conversation,
      );
    case 'draft/foreign':
      return withBoundedDraft(
        { ...state, drafts: withForeignDraft(state.drafts, action.key, action.text, action.held) },
        action.key,
      );
    case 'snippet':
      return { ...state, snippets: withSnippet(state.snippets, action.snippet) };
    case 'snippet/drop':
      return { ...state, snippets: withoutSnippet(state.snippets, action.id) };
    case 'outgoing':
      return { ...state, outgoing: withOutgoing(state.outgoing, action.change) };
    case 'typing/heard':
      return { ...state, typing: withTypist(state.typing, action.conversation, action.username, action.at) };
    case 'typing/expired':
      return { ...state, typing: afterExpiry(state.typing, action.at) };
    case 'compose/reply':
      return { ...state, composing: withComposing(state.composing, 'reply', action.entry) };
    case 'compose/edit':
      return withBoundedDraft(
        { ...state, composing: withComposing(state.composing, 'edit', action.entry) },
        draftKey(action.entry.conversation, { mode: 'edit', entry: action.entry }),
      );
    case 'compose/cancel':
      return { ...state, composing: withoutComposing(state.composing, action.conversation) };
    case 'change/asked':
      return { ...state, asked: withAsked(state.asked, action.target, action.asked) };
    case 'change/answered':
      return { ...state, asked: withoutAsked(state.asked, action.target, action.id) };
    case 'finding':
      return { ...state, finding: withFinding(state.finding, action.change) };
    case 'route':
      // A browser tells of one step twice: by `popstate` and by `hashchange`. Where a link to a message leads is told once.
      if (formatRoute(action.route) === formatRoute(state.route) && !isFound(state.route, action.route)) return state;
      return withMarks(state, afterRoute(state, action.route));
    case 'open/failed':
      return { ...state, openFailure: action.text };
    case 'visible':
      return { ...state, visible: action.visible };
    case 'focused':
      return { ...state, focused: action.focused };
    case 'following':
      return { ...state, following: action.following };
    case 'place':
      return afterLeaving(state, action.conversation, action.place);
    case 'joining':
      return { ...state, joinedAt: { ...state.joinedAt, [action.conversation]: action.at } };
    case 'joined':
      return { ...state, justJoined: action.conversation };
    case 'read':
      return afterRead(state, action.conversation);
    case 'mark/met':
      return { ...state, marks: withMet(state.marks, action.conversation) };
    case 'mark/clear':
      return action.conversation in state.marks ? { ...state, marks: {} } : state;
    case 'jump':
      return { ...state, jump: { conversation: action.conversation, entry: action.entry } };
    case 'jump/done':
      return withoutJump(state);
    case 'person/show':
      return { ...state, personShown: action.username };
    case 'person/hide':
      return withoutPerson(state);
    case 'alert':
      return { ...state, alerts: [...state.alerts, { id: action.id, text: action.text }].slice(-5) };
    case 'alert/drop':
      return { ...state, alerts: state.alerts.filter(({ id }) => id !== action.id) };
  }
}

function afterSnapshot(state: State, snapshot: Snapshot, at: number): State {
  const next: State = {
    ...state,
    daemon: fromSnapshot(snapshot),
    finding: findingAfterGap(state.finding),
    clockOffset: Date.parse(snapshot.now) - at,
    connection: { phase: 'live' },
    session: { phase: 'signed_in', username: snapshot.me.username },
  };
  const read = withBlocked(
    { ...next, timelines: afterGap(next.timelines, currentConversation(next)) },
    state.daemon?.blocked,
  );
  return { ...read, banners: bannersOf(read) };
}

function afterEvent(state: State, event: LocalEvent, at?: number): State {
  if (!state.daemon) return state;
  const next = {
    ...state,
    daemon: reduceDaemon(state.daemon, event),
    banners: bannersAfter(state, event),
    composing: composingAfter(state.composing, event),
    finding: findingAfter(state.finding, event),
  };
  if (event.type === 'conversation_removed') {
    return { ...next, timelines: Object.fromEntries(Object.entries(next.timelines).filter(([id]) => id !== event.id)) };
  }
  if (event.type === 'changed') {
    return { ...next, timelines: withChanged(state.timelines, event.conversation, event.entries) };
  }
  if (event.type === 'conversation') return withKept(next, event.conversation, event.markedUnread === true);
  if (event.type !== 'entries') return next;
  const typing = withoutAuthors(state.typing, event.conversation, event.entries);
  const heard = heardIn(state, event, at);
  return {
    ...next,
    timelines: withLive(state.timelines, event.conversation, event.entries, state.following),
    outbox: withoutPosted(state.outbox, event.entries),
    typing,
    ...(heard.last ? { heard: heard.last } : {}),
    heardCount: state.heardCount + heard.count,
  };
}

/** A step from one entry of a conversation to another leaves the timeline where the reader has it. */
/** A channel that was not there before was joined now, here or at another door. */
function withNewChannel(state: State, { event, at }: Extract<Action, { type: 'event' }>): State {
  if (event.type !== 'conversation' || at === undefined || !state.daemon) return state;
  const { id } = event.conversation;
  if (!id.startsWith('#') || id in state.daemon.conversations || id in state.joinedAt) return state;
  return { ...state, joinedAt: { ...state.joinedAt, [id]: at } };
}

/** The address of a message stays when it is known where it stands. */
function isFound(before: Route, now: Route): boolean {
  return before.view === 'message' && now.view !== 'message';
}

function afterRoute(state: State, route: Route): State {
  const next = { ...withoutFailure(withoutPerson(state)), route };
  const stays = currentConversation(next) === currentConversation(state);
  if (stays) return next;
  const left = withUnreadPlace({ ...withoutKept(withoutJump(next)), following: true });
  return currentConversation(left) === left.justJoined ? left : withoutJoined(left);
}

/** What was kept of the timeline that is gone to is given up where what is unread begins above it: it is read from there. */
function withUnreadPlace(state: State): State {
  const current = currentConversation(state);
  const view = current === undefined ? undefined : state.daemon?.conversations[current];
  const known = current === undefined ? undefined : state.timelines[current];
  // A link leads to a message that was loaded for it.
  const isLinked = 'entry' in state.route && state.route.entry !== undefined;
  if (isLinked || !view || view.unread === 0 || !known?.loaded || !state.daemon) return state;
  const { entries, newer, more } = known;
  const isThere = firstUnread(entries, markOf(view), state.daemon.me.username, { newer, more }) !== undefined;
  if (isThere || (!more && !newer)) return state;
  return { ...state, timelines: Object.fromEntries(Object.entries(state.timelines).filter(([id]) => id !== current)) };
}

function afterLeaving(state: State, conversation: string, place: Place | undefined): State {
  const timelines = place ? state.timelines : withLeft(state.timelines, conversation, KEPT_AFTER_LEAVING);
  return { ...state, timelines, places: withPlace(state.places, conversation, place) };
}

function withPlace(places: State['places'], conversation: string, place: Place | undefined): State['places'] {
  const { [conversation]: _, ...others } = places;
  return place ? { ...others, [conversation]: place } : others;
}

function withoutFailure({ openFailure: _, ...rest }: State): State {
  return rest;
}

function withoutJump({ jump: _, ...rest }: State): State {
  return rest;
}

function withoutJoined({ justJoined: _, ...rest }: State): State {
  return rest;
}

function withoutPerson({ personShown: _, ...rest }: State): State {
  return rest;
}

/** Shown as read at once; the daemon's `conversation` event confirms it, and a fresh snapshot corrects it. */
function afterRead(state: State, id: string): State {
  const view = state.daemon?.conversations[id];
  if (!state.daemon || !view) return state;
  const read = { ...view, unread: 0, ...(view.latest ? { readUpTo: view.latest.id } : {}) };
  const daemon = { ...state.daemon, conversations: { ...state.daemon.conversations, [id]: read } };
  const next = { ...state, daemon, banners: id === BROADCAST ? [] : state.banners };
  const seen = state.keptUnread === id ? withoutKept(next) : next;
  return state.justJoined === id ? withoutJoined(seen) : seen;
}
