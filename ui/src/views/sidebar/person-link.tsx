import { reasonText } from '../../app/daemon-texts.js';
import { useApp } from '../../app/use-app.js';
import { BotBadge, DisabledBadge, DraftMark, GuestBadge, UnreadBadge, VerifiedBadge } from '../../components/badges.js';
import { Face } from '../../components/face.js';
import { StatusLine, statusText } from '../../components/presence.js';
import { formatRoute } from '../../state/route.js';
import type { PersonItem } from '../../state/sidebar.js';
import { MutedBadge } from '../channel/channel-badges.js';
import { itemClass } from './section.js';

interface PersonLinkProps {
  readonly item: PersonItem;
  readonly current: boolean;
}

/** Name and presence; beneath, where there is any, the user name behind a display name and what they are at. */
export function PersonLink({ item, current }: PersonLinkProps) {
  const { t } = useApp();
  const { person, conversation, unread, mentions } = item;
  const { username, name, status, presence, link } = person;
  const said = statusText(status);
  const title = [reasonText(t, person), said].filter(Boolean).join('\n');
  return (
    <a
      class={`${itemClass(item)}${presence === 'offline' ? ' item-away' : ''}`}
      href={formatRoute({ view: 'person', username })}
      aria-current={current ? 'page' : undefined}
      title={title === '' ? undefined : title}
    >
      <Face person={person} />
      <span class="item-name">
        <span class="item-line">
          <bdi>{name ?? username}</bdi>
          {person.bot === true && (
            <>
              {' '}
              <BotBadge />
            </>
          )}
          <GuestBadge username={username} />
          <DisabledBadge person={person} />
          {person.verified === true && (
            <>
              {' '}
              <VerifiedBadge />
            </>
          )}
          {link === 'self' && <span class="item-note"> {t('sidebar.you')}</span>}
        </span>
        {(name !== undefined || said !== '') && (
          <span class="item-about">
            {name !== undefined && <bdi>{username}</bdi>}
            {status && <StatusLine status={status} />}
          </span>
        )}
      </span>
      <DraftMark conversation={conversation} />
      {conversation !== undefined && <MutedBadge conversation={conversation} />}
      <UnreadBadge count={unread} mentions={mentions} />
    </a>
  );
}
