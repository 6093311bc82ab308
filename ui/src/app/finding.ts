/** Finding: the switcher and the help over the view, the panel beside it, the search, and what is pinned. */
import type { EntryView } from '../../../protocol/local-api.js';
import { currentConversation } from '../state/attention.js';
import type { FindingChange, Overlay, PanelTab } from '../state/finding.js';
import { formatRoute } from '../state/route.js';
import { placeName } from '../state/sidebar.js';
import type { App } from './context.js';
import { failureText } from './failures.js';

/** Results of one page. */
const RESULTS = 40;
/** Results that the switcher shows by itself. */
const GLANCE = 5;
/** Of a query, in characters (SPEC.md section 8). */
export const QUERY_MAX = 256;

function change(app: App, what: FindingChange): void {
  app.store.dispatch({ type: 'finding', change: what });
}

export function showOverlay(app: App, overlay: Overlay | undefined): void {
  change(app, { kind: 'overlay', overlay });
}

export function showPanel(app: App, panel: PanelTab | undefined): void {
  change(app, { kind: 'panel', panel });
}

/** Writes the query into the address, where the search view reads it; typing leaves no steps to go back through. */
export function writeQuery(app: App, query: string): void {
  app.navigate(formatRoute({ view: 'search', query }), app.store.get().route.view === 'search');
}

/** The search view, within a conversation where `here` is set and one is in view. */
export function openSearch(app: App, here: boolean): void {
  const state = app.store.get();
  const conversation = currentConversation(state);
  if (here && conversation !== undefined && state.daemon)
    writeQuery(app, `in:${placeName(state.daemon, conversation)} `);
  else writeQuery(app, state.finding.search.query);
}

/** The first results of what is asked now; the reducer drops them if it is no longer. Never rejects. */
export async function askSearch(app: App, query: string): Promise<void> {
  change(app, { kind: 'search/asked', query });
  if (query.trim() !== '') await answerSearch(app, query, undefined);
}

/** The results behind the last one shown. */
export async function askMore(app: App): Promise<void> {
  const { search } = app.store.get().finding;
  const last = search.entries.at(-1);
  if (!search.more || search.phase !== 'idle' || search.shown !== search.query || !last) return;
  change(app, { kind: 'search/asked', query: search.query });
  await answerSearch(app, search.query, last.id);
}

async function answerSearch(app: App, query: string, after: string | undefined): Promise<void> {
  try {
    const paging = after === undefined ? {} : { after };
    const answer = await app.commands.run('search', { query, limit: RESULTS, ...paging });
    change(app, { kind: 'search/answered', query, ...paging, answer });
  } catch (error) {
    change(app, { kind: 'search/failed', query, failure: failureText(app.t, error) });
  }
}

export interface Glance {
  readonly query: string;
  readonly entries: readonly EntryView[];
  readonly terms: readonly string[];
}

/** A few results for the switcher; none where the search fails, since the search view tells why. */
export async function glance(app: App, query: string): Promise<Glance> {
  try {
    const { entries, terms } = await app.commands.run('search', { query, limit: GLANCE });
    return { query, entries: entries.slice(0, GLANCE), terms };
  } catch {
    return { query, entries: [], terms: [] };
  }
}

export function rememberVisited(app: App, id: string): void {
  change(app, { kind: 'search/visited', id });
}

/** Answers what to tell when it failed. */
export async function loadPins(app: App, conversation: string): Promise<string | undefined> {
  try {
    const { entries } = await app.commands.run('conversation.pins', { conversation });
    change(app, { kind: 'pins', conversation, entries });
    return undefined;
  } catch (error) {
    return failureText(app.t, error);
  }
}
