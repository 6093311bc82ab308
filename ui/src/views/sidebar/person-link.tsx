import type { PersonView } from '../../../../protocol/local-api.js';
import { useApp } from '../../app/use-app.js';
import { PresenceIcon } from '../../components/presence.js';
import { UnreadBadge } from '../../components/unread-badge.js';
import { VerifiedBadge } from '../../components/verified-badge.js';
import { formatRoute } from '../../state/route.js';

interface PersonLinkProps {
  readonly person: PersonView;
  readonly unread: number;
  readonly current: boolean;
}

export function PersonLink({ person, unread, current }: PersonLinkProps) {
  const { t } = useApp();
  const note = person.link === 'self' ? t('sidebar.you') : person.presence === 'offline' ? t('presence.offline') : '';
  return (
    <a
      class={unread > 0 ? 'item item-unread' : 'item'}
      href={formatRoute({ view: 'person', username: person.username })}
      aria-current={current ? 'page' : undefined}
      title={person.reason}
    >
      <span class="item-icon">
        <PresenceIcon person={person} />
      </span>
      <span class="item-name">
        {person.username}
        {person.verified === true && (
          <>
            {' '}
            <VerifiedBadge />
          </>
        )}
      </span>
      {person.presence !== 'online' || note ? (
        <span class="item-note" aria-hidden={note === '' || person.link !== 'self'}>
          {note || t(`presence.${person.presence}`)}
        </span>
      ) : null}
      <UnreadBadge count={unread} />
    </a>
  );
}
