import { useCallback, useId, useMemo, useState } from 'preact/hooks';
import { membersOf } from '../../app/channels.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useWatchedPeople } from '../../app/watched-people.js';
import { useAnswer, useNow } from '../../components/hooks.js';
import { TextInput } from '../../components/text-input.js';
import type { PersonView } from '../../../../protocol/local-api.js';
import { reasonText } from '../../app/daemon-texts.js';
import { showPerson } from '../../app/trust.js';
import { Face } from '../../components/face.js';
import { VerifiedBadge } from '../../components/badges.js';
import { StatusLine, usePresenceText } from '../../components/presence.js';
import type { Daemon } from '../../state/model.js';
import { personOf } from '../../state/sidebar.js';
import { fold } from '../finding/fold.js';

/** More would be slow to draw, and nobody reads so many: the filter finds the others. */
const SHOWN = 200;
/** From this many on there is something to look for. */
const FILTER_FROM = 8;

export function MembersTab({ conversation }: { conversation: string }) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const daemon = useDaemon((known) => known);
  const changes = useChanges(conversation);
  const ask = useCallback(() => membersOf(app, conversation), [app, conversation, changes]);
  const { value, problem, again } = useAnswer(ask);
  const now = useNow(60_000);
  const [filter, setFilter] = useState('');
  const members = useMemo(() => sortedMembers(daemon, value?.members ?? []), [daemon, value]);
  // As the header has it: the tracker counts those who have never been seen here as well.
  const all = useDaemon(({ channels }) => channels[conversation.slice(1)]?.members) ?? members.length;
  const unseen = all - members.length;
  const found = filteredMembers(members, filter);
  useWatchedPeople(found.slice(0, SHOWN).map(({ username }) => username));
  if (problem !== undefined && !value)
    return (
      <div class="panel-note" role="alert">
        <p class="field-error">{problem}</p>
        <button class="button button-small" onClick={again}>
          {t('channels.retry')}
        </button>
      </div>
    );
  if (!value) return null;
  return (
    <>
      <p class="panel-count" role="status">
        {t('channels.members_online', { online: value.online ?? countOnline(members), count: all })}
      </p>
      {members.length >= FILTER_FROM && (
        <div class="panel-filter">
          <label class="visually-hidden" for={id}>
            {t('channels.members_filter')}
          </label>
          <TextInput
            id={id}
            class="input"
            type="search"
            autoComplete="off"
            maxLength={64}
            placeholder={t('channels.members_filter')}
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
      )}
      {found.length === 0 && <p class="panel-note">{t('channels.members_none')}</p>}
      <ul class="members" aria-label={t('channels.members')}>
        {found.slice(0, SHOWN).map((person) => (
          <MemberRow key={person.username} person={person} now={now} />
        ))}
      </ul>
      {unseen > 0 && filter.trim() === '' && (
        <p class="panel-note">{t('channels.members_unseen', { count: unseen })}</p>
      )}
      {found.length > SHOWN && <p class="panel-note">{t('channels.members_more', { count: found.length - SHOWN })}</p>}
    </>
  );
}

/** Changes whenever somebody may have joined or left, or is shown no more. */
function useChanges(conversation: string): string {
  const count = useDaemon((daemon) => daemon.channels[conversation.slice(1)]?.members ?? 0);
  const blocked = useDaemon((daemon) => daemon.blocked.join(' '));
  const notice = useDaemon((daemon) => {
    const latest = daemon.conversations[conversation]?.latest;
    return latest?.kind === 'join' || latest?.kind === 'leave' ? latest.id : '';
  });
  return `${count} ${notice} ${blocked}`;
}

interface MemberRowProps {
  readonly person: PersonView;
  /** The daemon's clock, ms. */
  readonly now: number;
}

/** Somebody, how they are, and why no link to them stands. A press opens what is known of them. */
export function MemberRow({ person, now }: MemberRowProps) {
  const app = useApp();
  const { t } = app;
  const presence = usePresenceText();
  const { username, name, link, status } = person;
  const linked = link === 'linked' ? t('channels.member_linked') : link === 'self' ? '' : (reasonText(t, person) ?? '');
  return (
    <li>
      <button class="member" aria-haspopup="dialog" onClick={() => showPerson(app, username)}>
        <Face person={person} size="small" />
        <span class="member-body">
          <span class="member-name">
            <bdi>{name ?? username}</bdi>
            {name !== undefined && <bdi class="member-user">@{username}</bdi>}
            {person.verified === true && <VerifiedBadge />}
          </span>
          <span class="member-about">{[presence(person, now), linked].filter((part) => part !== '').join(' · ')}</span>
          {status && (
            <span class="member-about">
              <StatusLine status={status} />
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

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
