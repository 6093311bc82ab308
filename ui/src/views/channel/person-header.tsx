import { showPanel } from '../../app/finding.js';
import { choosePerson } from '../../app/people.js';
import { showPerson } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { VerifiedBadge } from '../../components/badges.js';
import { useNow } from '../../components/hooks.js';
import { Face } from '../../components/face.js';
import { usePresenceText } from '../../components/presence.js';
import { personOf } from '../../state/sidebar.js';
import { usePending } from '../conversation/use-pending.js';
import { PaneHeader } from '../pane-header.js';
import { HeaderActions } from './header-actions.js';
import type { MenuItem } from './menu.js';
import { MutedBadge } from './channel-badges.js';

interface PersonHeaderProps {
  readonly conversation: string;
  readonly username: string;
  readonly known: boolean;
}

export function PersonHeader({ conversation, username, known }: PersonHeaderProps) {
  const app = useApp();
  const { t } = app;
  const pending = usePending(conversation);
  const person = useDaemon((daemon) => daemon.people[username.toLowerCase()]);
  const daemon = useDaemon((all) => (person ? undefined : all));
  const now = useNow(60_000);
  const presence = usePresenceText();
  const shown = person ?? (daemon && personOf(daemon, username));
  if (!shown) return null;
  // Of a name that nobody is known by, nothing is told but the name.
  if (!person && !known) return <PaneHeader title={username} />;
  const self = shown.link === 'self';
  const friend = shown.friend === true;
  const status = [shown.status?.emoji, shown.status?.text].filter((part) => part !== undefined).join(' ');
  const about = self ? t('conversation.notes') : presence(shown, now);
  const friendLabel = t(friend ? 'channels.friend_remove' : 'channels.friend_add', { username });
  const personLabel = t('trust.open', { username });
  const toggleFriend = (): void => void choosePerson(app, username, { friend: !friend });
  const items: readonly MenuItem[] = [
    { icon: 'info', label: t('channels.about'), onChoose: () => showPanel(app, 'about') },
    ...(self
      ? []
      : [
          { icon: 'star' as const, label: friendLabel, onChoose: toggleFriend },
          { icon: 'shield' as const, label: personLabel, onChoose: () => showPerson(app, username) },
        ]),
  ];
  return (
    <PaneHeader
      title={shown.name ?? username}
      icon={<Face person={shown} />}
      badge={
        <>
          {shown.name !== undefined && <bdi class="pane-username">@{username}</bdi>}
          {shown.verified === true && <VerifiedBadge />}
          <MutedBadge conversation={conversation} />
        </>
      }
      about={status === '' ? about : `${about} · ${status}`}
      more={pending?.text}
    >
      {known && <HeaderActions conversation={conversation} items={items} />}
    </PaneHeader>
  );
}
