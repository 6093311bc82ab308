/** Members of a conversation as they are listed. */
import type { PersonView } from '../../../../protocol/local-api.js';
import type { Daemon } from '../../state/model.js';
import { personOf } from '../../state/sidebar.js';
import { fold } from '../finding/fold.js';

const presences = { online: 0, busy: 1, away: 2, offline: 3 } as const;

/** Those who are there first, then by name. */
export function sortedMembers(daemon: Daemon, members: readonly string[]): readonly PersonView[] {
  const called = ({ name, username }: PersonView): string => fold(name ?? username);
  return members
    .map((username) => personOf(daemon, username))
    .sort((a, b) => presences[a.presence] - presences[b.presence] || (called(a) < called(b) ? -1 : 1));
}

export function filteredMembers(people: readonly PersonView[], filter: string): readonly PersonView[] {
  const wanted = fold(filter.trim().replace(/^@/, ''));
  return people.filter(({ username, name }) => fold(`${username} ${name ?? ''}`).includes(wanted));
}

export function countOnline(people: readonly PersonView[]): number {
  return people.filter(({ presence }) => presence !== 'offline').length;
}
