import { useMemo } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { directItems, friendItems, otherPeople, whyAlone, type PersonItem } from '../../state/sidebar.js';
import { InviteButton } from '../invite/invite-dialog.js';
import { PersonLink } from './person-link.js';
import { Section } from './section.js';

/** More than this many are found on the people page. */
const PEOPLE_SHOWN = 40;
/** Of a small team everybody stands there; of a large one, beyond those one writes to, who is there now. */
const SMALL_TEAM = 12;

export function PeopleLists() {
  const { t } = useApp();
  const daemon = useDaemon((known) => known);
  const friends = useMemo(() => friendItems(daemon), [daemon]);
  const direct = useMemo(() => directItems(daemon), [daemon]);
  const people = useMemo(() => otherPeople(daemon), [daemon]);
  const shown = useMemo(
    () =>
      (people.length <= SMALL_TEAM ? people : people.filter(({ person }) => person.presence !== 'offline')).slice(
        0,
        PEOPLE_SHOWN,
      ),
    [people],
  );
  const why = useMemo(() => whyAlone(daemon), [daemon]);
  const rest = people.length - shown.length;
  const nobody = friends.length === 0 && direct.length === 0;
  const others = people.length > 0 || nobody;
  // The way to all people stands at the last of the lists.
  const find = { href: '#/people', icon: 'search', label: t('sidebar.all_people') } as const;
  return (
    <>
      {friends.length > 0 && (
        <Section name="friends" title={t('people.friends')} {...(!others && direct.length === 0 && { action: find })}>
          <PersonList items={friends} />
        </Section>
      )}
      {direct.length > 0 && (
        <Section name="direct" title={t('sidebar.direct')} {...(!others && { action: find })}>
          <PersonList items={direct} />
        </Section>
      )}
      {others && (
        <Section name="people" title={t('sidebar.people')} action={find}>
          {nobody && people.length > 0 && <p class="section-hint">{t('sidebar.no_direct')}</p>}
          {nobody && why && (
            <>
              <p class="section-hint">{t(`people.alone_${why}`)}</p>
              <InviteButton />
            </>
          )}
          <PersonList items={shown} />
          {rest > 0 && (
            <a class="section-more" href="#/people">
              {t('sidebar.more_people', { count: rest })}
            </a>
          )}
        </Section>
      )}
    </>
  );
}

function PersonList({ items }: { items: readonly PersonItem[] }) {
  const current = useSelector((state) =>
    state.route.view === 'person' ? state.route.username.toLowerCase() : undefined,
  );
  if (items.length === 0) return null;
  return (
    <ul class="list">
      {items.map((item) => (
        <li key={item.person.username}>
          <PersonLink item={item} current={item.person.username.toLowerCase() === current} />
        </li>
      ))}
    </ul>
  );
}
