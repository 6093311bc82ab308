/** What the switcher lists for what is typed: groups of entries, in the order in which the arrows walk through them. */
import type { EntryView } from '../../../../protocol/local-api.js';
import type { Glance } from '../../app/finding.js';
import type { TextKey } from '../../text/translate.js';
import type { Candidate } from './candidates.js';
import { narrowed, ranked, recents } from './ranking.js';
import type { Hit } from './ranking.js';

export type Item =
  | { readonly kind: 'place'; readonly key: string; readonly hit: Hit }
  | { readonly kind: 'message'; readonly key: string; readonly entry: EntryView; readonly terms: readonly string[] }
  | { readonly kind: 'search'; readonly key: string; readonly query: string };

export interface ItemGroup {
  readonly title: TextKey;
  readonly items: readonly Item[];
}

interface Asked {
  readonly candidates: readonly Candidate[];
  readonly query: string;
  /** The key of the conversation in view: nobody goes where they are. */
  readonly current: string | undefined;
  readonly glance: Glance | undefined;
}

const RECENT = 8;
const PLACES = 50;

export function groupsOf({ candidates, query, current, glance }: Asked): readonly ItemGroup[] {
  if (query.trim() === '') return openingGroups(candidates, current);
  const places = ranked(candidates, query).slice(0, PLACES);
  const groups: ItemGroup[] = [{ title: 'finding.switcher_places', items: places.map(placeItem) }];
  const { only } = narrowed(query);
  if (only === undefined) {
    const messages = glance?.entries.map((entry) => messageItem(entry, glance.terms)) ?? [];
    const search: Item = { kind: 'search', key: 'search', query: query.trim() };
    groups.push({ title: 'finding.switcher_messages', items: [...messages, search] });
  }
  return groups.filter(({ items }) => items.length > 0);
}

function openingGroups(candidates: readonly Candidate[], current: string | undefined): readonly ItemGroup[] {
  const elsewhere = candidates.filter(({ key }) => key !== current);
  const unread = recents(
    elsewhere.filter((candidate) => candidate.unread > 0),
    PLACES,
  );
  const recent = recents(
    elsewhere.filter((candidate) => candidate.unread === 0),
    RECENT,
  );
  const commands = candidates.filter(({ kind }) => kind === 'command');
  const group = (title: TextKey, list: readonly Candidate[]): ItemGroup => ({ title, items: list.map(unmarked) });
  return [
    group('finding.switcher_unread', unread),
    group('finding.switcher_recent', recent),
    group('finding.switcher_commands', commands),
  ].filter(({ items }) => items.length > 0);
}

function unmarked(candidate: Candidate): Item {
  return placeItem({ candidate, title: [], detail: [] });
}

function placeItem(hit: Hit): Item {
  return { kind: 'place', key: hit.candidate.key, hit };
}

function messageItem(entry: EntryView, terms: readonly string[]): Item {
  return { kind: 'message', key: `message ${entry.id}`, entry, terms };
}
