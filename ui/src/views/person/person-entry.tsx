import type { PersonView } from '../../../../protocol/local-api.js';
import { reasonText } from '../../app/daemon-texts.js';
import { showPerson } from '../../app/trust.js';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { VerifiedBadge } from '../../components/badges.js';
import { Icon } from '../../components/icon.js';
import { PresenceIcon, usePresenceText, StatusLine } from '../../components/presence.js';
import { formatRoute } from '../../state/route.js';

/** One person in the list of all: a press writes to them, the button behind tells more. */
export function PersonEntry({ person, now }: { person: PersonView; now: number }) {
  const app = useApp();
  const { t } = app;
  const { username, name, status } = person;
  const presence = usePresenceText();
  const more = t('trust.open', { username });
  // Of those who were never here the line before says all.
  const reason = person.unstarted === true ? undefined : reasonText(t, person);
  return (
    <div class="person-entry">
      <a class="entry entry-link" href={formatRoute({ view: 'person', username })}>
        <Avatar username={username} />
        <div class="entry-text">
          <span class="entry-name">
            <bdi>{name ?? username}</bdi> {person.verified === true && <VerifiedBadge />}
            {name !== undefined && <bdi class="entry-username">@{username}</bdi>}
            {person.blocked === true && <span class="tag tag-danger">{t('people.is_blocked')}</span>}
          </span>
          <span class="entry-about">
            <PresenceIcon person={person} />
            <span aria-hidden="true">{presence(person, now)}</span>
            {status && <StatusLine status={status} />}
            {reason !== undefined && <span>{reason}</span>}
          </span>
        </div>
      </a>
      <button class="icon-button" aria-label={more} title={more} onClick={() => showPerson(app, username)}>
        <Icon name="info" />
      </button>
    </div>
  );
}
