import { useCallback } from 'preact/hooks';
import type { PersonView, TrackerView } from '../../../../protocol/local-api.js';
import { profileOf } from '../../app/people.js';
import { pathText, reasonText } from '../../app/daemon-texts.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { BotBadge, GuestBadge } from '../../components/badges.js';
import { Avatar } from '../../components/avatar.js';
import { useAnswer, useNow } from '../../components/hooks.js';
import { ExaminationView } from '../doctor/examination.js';
import { PresenceIcon, usePresenceText, StatusLine, statusText } from '../../components/presence.js';

/** Who somebody is: picture, names, presence, and what they say of themselves. */
export function PersonCard({ person }: { person: PersonView }) {
  const app = useApp();
  const { t } = app;
  const { username, status } = person;
  const now = useNow(60_000);
  const said = `${person.name ?? ''} ${statusText(status)} ${person.picture ?? ''}`;
  const { value: profile } = useAnswer(
    // Another profile may stand there after each of these.
    useCallback(() => profileOf(app, username), [app, username, said]),
  );
  const presence = usePresenceText();
  const trackerState = useDaemon(({ tracker }) => tracker.state);
  const reason = reasonText(t, person) ?? pathText(t, person);
  return (
    <div class="person-card">
      <Avatar username={username} size="large" />
      <div class="person-facts">
        <p class="person-username">
          <bdi>@{username}</bdi>
          {person.bot === true && <BotBadge />}
          <GuestBadge username={username} />
          {person.friend === true && <span class="tag">{t('people.is_friend')}</span>}
          {person.muted === true && <span class="tag">{t('people.is_muted')}</span>}
          {person.blocked === true && <span class="tag tag-danger">{t('people.is_blocked')}</span>}
        </p>
        <p class="person-presence">
          <PresenceIcon person={person} />
          <span aria-hidden={person.link !== 'self' && person.presence !== 'offline'}>{presence(person, now)}</span>
        </p>
        {status && (
          <p>
            <StatusLine status={status} whole />
          </p>
        )}
      </div>
      {profile?.about !== undefined && (
        <div class="person-said">
          <h3>{t('people.about')}</h3>
          <p dir="auto">{profile.about}</p>
        </div>
      )}
      {person.muted === true && <p class="person-note">{t('people.muted_note')}</p>}
      {person.blocked === true && <p class="person-note">{t('people.blocked_note')}</p>}
      {reason !== undefined && <p class="person-note">{reason}</p>}
      {isWondered(person, trackerState) && (
        <div class="person-note">
          <ExaminationView
            user={username}
            start={t('connection.doctor_why')}
            startLabel={t('connection.doctor_why_label', { username })}
          />
        </div>
      )}
    </div>
  );
}

/** Whether there is more to find out than the card says: of whom the tracker, which is there, says that they are not, there is nothing. */
function isWondered({ link, path, blocked }: PersonView, tracker: TrackerView['state']): boolean {
  if (link === 'self' || blocked === true) return false;
  return link === 'none' ? tracker !== 'connected' : link === 'connecting' || path === 'relayed';
}
