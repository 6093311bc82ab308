import { useMemo, useState } from 'preact/hooks';
import { useApp, useDaemon } from '../app/use-app.js';
import { Avatar } from '../components/avatar.js';
import { FilterField } from '../components/filter-field.js';
import { PresenceIcon, presenceText } from '../components/presence.js';
import { useNow } from '../components/use-now.js';
import { VerifiedBadge } from '../components/verified-badge.js';
import { formatRoute } from '../state/route.js';
import { sortedPeople } from '../state/sidebar.js';
import { PaneHeader } from './pane-header.js';

/** More would be slow to draw, and nobody reads so many: the filter finds the others. */
const SHOWN = 200;

/** Everybody known here, to write to. */
export function PeopleView() {
  const app = useApp();
  const { t, navigate } = app;
  const daemon = useDaemon((known) => known);
  const people = useMemo(() => sortedPeople(daemon), [daemon]);
  const now = useNow(60_000);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().replace(/^@/, '').toLowerCase();
  const shown = people.filter(({ username }) => username.toLowerCase().includes(wanted));
  const submit = (): void => {
    const first = shown[0];
    if (first) navigate(formatRoute({ view: 'person', username: first.username }));
  };
  return (
    <div class="page">
      <PaneHeader title={t('people.title')} />
      <div class="page-body">
        <FilterField label={t('people.filter')} value={filter} onInput={setFilter} onSubmit={submit} />
        {shown.length === 0 && (
          <p class="page-note" role="status">
            {t(wanted ? 'people.none' : 'people.empty')}
          </p>
        )}
        <ul class="entries" aria-label={t('people.list')}>
          {shown.slice(0, SHOWN).map((person) => (
            <li key={person.username}>
              <a class="entry entry-link" href={formatRoute({ view: 'person', username: person.username })}>
                <Avatar name={person.username} />
                <div class="entry-text">
                  <span class="entry-name">
                    {person.username} {person.verified === true && <VerifiedBadge />}
                  </span>
                  <span class="entry-about">
                    <PresenceIcon person={person} />
                    <span aria-hidden="true">{presenceText(app, person, now)}</span>
                    {person.reason && <span>{person.reason}</span>}
                  </span>
                </div>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
