import { useState } from 'preact/hooks';
import { usePersonName } from '../../app/people.js';
import { showPerson } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { BROADCAST, HOME_CHANNEL } from '../../limits.js';
import { sameName } from '../../state/entries.js';
import { channelTitle, personOf, whyAlone } from '../../state/sidebar.js';
import { Icon } from '../../components/icon.js';
import { Avatar } from '../../components/avatar.js';
import { TopicDialog } from '../channel/channel-dialogs.js';
import { InviteButton } from '../invite/invite-dialog.js';

/** Where nothing has been written yet: what the place is for, and what one can do. */
export function EmptyConversation({ conversation, place }: { conversation: string; place: string }) {
  return (
    <div class="empty">
      {conversation.startsWith('#') ? <EmptyChannel conversation={conversation} /> : <EmptyDirect username={place} />}
    </div>
  );
}

function EmptyChannel({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const alone = useDaemon(whyAlone);
  const name = conversation.slice(1);
  const topic = useDaemon(({ channels }) => channels[name]?.topic ?? '');
  const title = useDaemon((daemon) => channelTitle(daemon, name));
  const isClosed = useDaemon((daemon) => daemon.channels[name]?.state !== undefined);
  const [asking, setAsking] = useState(false);
  const text =
    name === HOME_CHANNEL ? 'start.empty_general' : conversation === BROADCAST ? 'start.empty_broadcast' : undefined;
  return (
    <>
      <span class="empty-tile">
        <Icon name={conversation === BROADCAST ? 'broadcast' : 'hash'} />
      </span>
      <p class="empty-title">{t('conversation.empty_channel', { name: title })}</p>
      {!isClosed && <p>{text ? t(text) : t('start.empty_channel', { name: title })}</p>}
      {alone && !isClosed && <p>{t(`people.alone_${alone}`)}</p>}
      <p class="empty-actions">
        <InviteButton primary={alone !== undefined} />
        {topic === '' && !isClosed && (
          <button type="button" class="button button-small" onClick={() => setAsking(true)}>
            {t('channels.topic_add')}
          </button>
        )}
      </p>
      {asking && <TopicDialog channel={name} topic="" onClose={() => setAsking(false)} />}
    </>
  );
}

function EmptyDirect({ username }: { username: string }) {
  const app = useApp();
  const { t } = app;
  const self = useDaemon((daemon) => daemon.me.username);
  const name = usePersonName(username);
  const away = useDaemon((daemon) => personOf(daemon, username).presence === 'offline');
  if (sameName(username, self)) {
    return (
      <>
        <Avatar username={username} size="large" />
        <p class="empty-title">{t('conversation.notes')}</p>
        <p>{t('start.empty_notes')}</p>
      </>
    );
  }
  return (
    <>
      <Avatar username={username} size="large" />
      <p class="empty-title">{t('conversation.beginning_direct', { username: name })}</p>
      <p>{t(away ? 'start.empty_direct_away' : 'start.empty_direct', { username: name })}</p>
      <p>{t('start.empty_direct_compare')}</p>
      <p class="empty-actions">
        <button type="button" class="button button-small" onClick={() => showPerson(app, username)}>
          {t('trust.compare')}
        </button>
      </p>
    </>
  );
}
