import { useState } from 'preact/hooks';
import { leaveChannel } from '../../app/conversations.js';
import { showPerson } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { Icon } from '../../components/icon.js';
import { PresenceIcon, presenceText } from '../../components/presence.js';
import { useNow } from '../../components/use-now.js';
import { VerifiedBadge } from '../../components/verified-badge.js';
import { BROADCAST, PERMANENT_CHANNELS } from '../../limits.js';
import { personOf } from '../../state/sidebar.js';
import { PaneHeader } from '../pane-header.js';
import { usePending } from './use-pending.js';

interface ConversationHeaderProps {
  readonly conversation: string;
  readonly place: string;
  readonly known: boolean;
}

export function ConversationHeader({ conversation, place, known }: ConversationHeaderProps) {
  if (!conversation.startsWith('#')) return <PersonHeader conversation={conversation} username={place} known={known} />;
  return <ChannelHeader conversation={conversation} known={known} />;
}

function ChannelHeader({ conversation, known }: { conversation: string; known: boolean }) {
  const { t } = useApp();
  const pending = usePending(conversation);
  const name = conversation.slice(1);
  const channel = useDaemon((daemon) => daemon.channels[name]);
  const topic = channel?.topic ?? '';
  const hint = `#${name}` === BROADCAST ? t('channel.broadcast_hint') : '';
  const members = channel ? t('channel.members', { count: channel.members }) : '';
  const about = [members, topic === '' ? hint : topic].filter((part) => part !== '').join(' · ');
  return (
    <PaneHeader title={`#${name}`} about={about} more={pending?.text}>
      {known && !PERMANENT_CHANNELS.includes(name) && <LeaveButton name={name} />}
    </PaneHeader>
  );
}

function PersonHeader({ conversation, username, known }: { conversation: string; username: string; known: boolean }) {
  const app = useApp();
  const pending = usePending(conversation);
  const person = useDaemon((daemon) => daemon.people[username.toLowerCase()]);
  const self = useDaemon((daemon) => (person ? undefined : daemon));
  const now = useNow(60_000);
  const shown = person ?? (self && personOf(self, username));
  if (!shown) return null;
  // Of a name that nobody is known by, nothing is told but the name.
  if (!person && !known) return <PaneHeader title={username} />;
  const about = shown.link === 'self' ? app.t('conversation.notes') : presenceText(app, shown, now);
  return (
    <PaneHeader
      title={username}
      icon={<PresenceIcon person={shown} />}
      badge={shown.verified === true && <VerifiedBadge />}
      about={about}
      more={pending?.text}
    >
      {shown.link !== 'self' && <PersonButton username={username} verified={shown.verified === true} />}
    </PaneHeader>
  );
}

function PersonButton({ username, verified }: { username: string; verified: boolean }) {
  const app = useApp();
  const label = app.t('trust.open', { username });
  return (
    <button
      class="icon-button"
      aria-label={label}
      aria-haspopup="dialog"
      title={label}
      onClick={() => showPerson(app, username)}
    >
      <Icon name={verified ? 'verified' : 'shield'} />
    </button>
  );
}

function LeaveButton({ name }: { name: string }) {
  const app = useApp();
  const { t } = app;
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        class="icon-button"
        aria-label={t('channel.leave', { name })}
        title={t('channel.leave', { name })}
        onClick={() => setAsking(true)}
      >
        <Icon name="leave" />
      </button>
      {asking && (
        <Dialog title={t('channel.leave_ask', { name })} onClose={() => setAsking(false)}>
          <p>{t('channel.leave_explain')}</p>
          <form method="dialog" class="dialog-actions">
            <button class="button">{t('channel.leave_not')}</button>
            <button class="button button-danger" onClick={() => void leaveChannel(app, name)}>
              {t('channel.leave_do')}
            </button>
          </form>
        </Dialog>
      )}
    </>
  );
}
