import { useMemo, useState } from 'preact/hooks';
import type { PersonView } from '../../../protocol/local-api.js';
import { useFoundPeople, withFound } from '../app/found-people.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { useWatchedPeople } from '../app/watched-people.js';
import { FilterField } from '../components/filter-field.js';
import { useNow } from '../components/hooks.js';
import { formatRoute } from '../state/route.js';
import { sortedPeople, whyAlone } from '../state/sidebar.js';
import { InviteButton } from './invite/invite-dialog.js';
import { PaneHeader } from './pane-header.js';
import { PersonEntry } from './person/person-entry.js';

/** More would be slow to draw, and nobody reads so many: the filter finds the others. */
const SHOWN = 200;

/** Everybody known here, to write to and to know more of: friends first. */
export function PeopleView() {
  const { t, navigate } = useApp();
  const daemon = useDaemon((known) => known);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().replace(/^@/, '').toLocaleLowerCase();
  const found = useFoundPeople(wanted);
  const people = useMemo(
    () => sortedPeople({ ...daemon, people: withFound(daemon.people, found, true) }),
    [daemon, found],
  );
  const shown = people.filter(
    ({ username, name = '' }) => username.toLowerCase().includes(wanted) || name.toLocaleLowerCase().includes(wanted),
  );
  const friends = shown.filter(({ friend }) => friend === true);
  const others = shown.filter(({ friend }) => friend !== true);
  useWatchedPeople([...friends.slice(0, SHOWN), ...others.slice(0, SHOWN)].map(({ username }) => username));
  const submit = (): void => {
    const first = friends[0] ?? others[0];
    if (first) navigate(formatRoute({ view: 'person', username: first.username }));
  };
  return (
    <div class="page">
      <PaneHeader title={t('people.title')} />
      <div class="page-body">
        <FilterField label={t('people.filter')} value={filter} onInput={setFilter} onSubmit={submit} />
        {shown.length === 0 && (
          <p class="page-note" role="status">
            {t(wanted ? 'people.none' : `people.alone_${whyAlone(daemon) ?? 'nobody'}`)}
          </p>
        )}
        <div>
          <InviteButton />
        </div>
        {friends.length > 0 && <Group title={t('people.friends')} people={friends} />}
        {others.length > 0 && (
          <Group
            title={t(friends.length > 0 ? 'people.others' : 'people.list')}
            people={others}
            bare={friends.length === 0}
          />
        )}
      </div>
    </div>
  );
}

/** `bare`: the title is for screen readers alone. */
function Group({ title, people, bare = false }: { title: string; people: readonly PersonView[]; bare?: boolean }) {
  const now = useNow(60_000);
  return (
    <div>
      {!bare && <h2 class="people-title">{title}</h2>}
      <ul class="entries" aria-label={title}>
        {people.slice(0, SHOWN).map((person) => (
          <li key={person.username}>
            <PersonEntry person={person} now={now} />
          </li>
        ))}
      </ul>
    </div>
  );
}
