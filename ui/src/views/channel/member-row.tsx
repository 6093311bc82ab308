import type { PersonView } from '../../../../protocol/local-api.js';
import { reasonSaid } from '../../app/said.js';
import { showPerson } from '../../app/trust.js';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { VerifiedBadge } from '../../components/badges.js';
import { PresenceIcon, presenceText, StatusLine } from '../../components/presence.js';

interface MemberRowProps {
  readonly person: PersonView;
  /** The daemon's clock, ms. */
  readonly now: number;
}

/** Somebody, how they are, and why no link to them stands. A press opens what is known of them. */
export function MemberRow({ person, now }: MemberRowProps) {
  const app = useApp();
  const { t } = app;
  const { username, name, link, status } = person;
  const linked = link === 'linked' ? t('channels.member_linked') : link === 'self' ? '' : (reasonSaid(t, person) ?? '');
  return (
    <li>
      <button class="member" aria-haspopup="dialog" onClick={() => showPerson(app, username)}>
        <Avatar username={username} size="small" />
        <span class="member-body">
          <span class="member-name">
            <PresenceIcon person={person} />
            <bdi>{name ?? username}</bdi>
            {name !== undefined && <bdi class="member-user">@{username}</bdi>}
            {person.verified === true && <VerifiedBadge />}
          </span>
          <span class="member-about">{presenceText(app, person, now)}</span>
          {status && (
            <span class="member-about">
              <StatusLine status={status} />
            </span>
          )}
          {linked !== '' && <span class="member-about">{linked}</span>}
        </span>
      </button>
    </li>
  );
}
