import { useState } from 'preact/hooks';
import type { ChannelView } from '../../../protocol/local-api.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { Icon } from '../components/icon.js';
import { BROADCAST, PERMANENT_CHANNELS } from '../limits.js';
import { formatRoute } from '../state/route.js';
import { LeaveDialog } from './channel/channel-dialogs.js';
import { JoinButton } from './channel/join-button.js';
import { ClosedTag, MutedBadge, TopicText } from './channel/channel-badges.js';

export function ChannelRow({ channel }: { channel: ChannelView }) {
  const { t } = useApp();
  const { name, title = name, topic, joined } = channel;
  return (
    <li class="entry">
      <span class="entry-icon" aria-hidden="true">
        {`#${name}` === BROADCAST ? <Icon name="broadcast" /> : '#'}
      </span>
      <div class="entry-text">
        <span class="entry-name">
          <bdi>{title}</bdi> <ClosedTag name={name} /> <MutedBadge conversation={`#${name}`} />
        </span>
        {topic !== '' && (
          <span class="entry-topic">
            <TopicText topic={topic} />
          </span>
        )}
        <span class="entry-about">{useFacts(channel)}</span>
      </div>
      {joined ? (
        <Joined name={name} title={title} />
      ) : (
        <JoinButton name={name} label={t('channel.join')} title={t('channel.join_named', { name: title })} small />
      )}
    </li>
  );
}

/** How many are in it, when something was written there last as far as it is known, and whether it can be left. */
function useFacts({ name, members, state }: ChannelView): string {
  const { t, formats, now } = useApp();
  const latest = useDaemon((daemon) => daemon.conversations[`#${name}`]?.latest?.time);
  return [
    state === 'deleted' ? '' : t('channel.members', { count: members }),
    latest === undefined ? '' : t('channels.active', { ago: formats.ago(latest, now()) }),
    PERMANENT_CHANNELS.includes(name) ? t('channels.permanent_short') : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function Joined({ name, title }: { name: string; title: string }) {
  const { t } = useApp();
  const [asking, setAsking] = useState(false);
  const leave = t('channel.leave', { name: title });
  return (
    <>
      {!PERMANENT_CHANNELS.includes(name) && (
        <button class="icon-button" aria-label={leave} title={leave} onClick={() => setAsking(true)}>
          <Icon name="leave" />
        </button>
      )}
      <a
        class="button button-small"
        href={formatRoute({ view: 'channel', channel: name })}
        aria-label={t('channel.open_named', { name: title })}
      >
        {t('channel.open')}
      </a>
      {asking && <LeaveDialog name={name} onClose={() => setAsking(false)} />}
    </>
  );
}
