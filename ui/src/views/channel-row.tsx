import type { ChannelView } from '../../../protocol/local-api.js';
import { joinChannel } from '../app/conversations.js';
import { useApp } from '../app/use-app.js';
import { formatRoute } from '../state/route.js';

export function ChannelRow({ channel }: { channel: ChannelView }) {
  const app = useApp();
  const { t } = app;
  const { name, topic, members, joined } = channel;
  return (
    <li class="entry">
      <div class="entry-text">
        <span class="entry-name">#{name}</span>
        <span class="entry-about">
          {t('channel.members', { count: members })}
          {topic && ` · ${topic}`}
        </span>
      </div>
      {joined ? (
        <a
          class="button button-small"
          href={formatRoute({ view: 'channel', channel: name })}
          aria-label={t('channel.open_named', { name })}
        >
          {t('channel.open')}
        </a>
      ) : (
        <button
          class="button button-small button-primary"
          aria-label={t('channel.join_named', { name })}
          onClick={() => void joinChannel(app, name)}
        >
          {t('channel.join')}
        </button>
      )}
    </li>
  );
}
