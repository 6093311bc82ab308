import { useMemo } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { DraftMark, UnreadBadge } from '../../components/badges.js';
import { Icon } from '../../components/icon.js';
import { BROADCAST } from '../../limits.js';
import { currentConversation } from '../../state/attention.js';
import { formatRoute } from '../../state/route.js';
import { channelTitle, joinedChannels } from '../../state/sidebar.js';
import { ClosedTag, MutedBadge } from '../channel/channel-badges.js';
import { itemClass } from './section.js';
import { Section } from './section.js';

export function ChannelList() {
  const { t } = useApp();
  const daemon = useDaemon((known) => known);
  const channels = useMemo(() => joinedChannels(daemon), [daemon]);
  const current = useSelector((state) => (state.route.view === 'channel' ? currentConversation(state) : undefined));
  return (
    <Section
      name="channels"
      title={t('sidebar.channels')}
      action={{ href: '#/channels', icon: 'compass', label: t('sidebar.browse') }}
    >
      <ul class="list">
        {channels.map(({ name, conversation, ...waiting }) => (
          <li key={name}>
            <a
              class={itemClass(waiting)}
              href={formatRoute({ view: 'channel', channel: name })}
              aria-current={conversation === current ? 'page' : undefined}
            >
              <span class="item-icon" aria-hidden="true">
                {conversation === BROADCAST ? <Icon name="broadcast" small /> : '#'}
              </span>
              <span class="item-name">{channelTitle(daemon, name)}</span>
              <ClosedTag name={name} />
              <DraftMark conversation={conversation} />
              <MutedBadge conversation={conversation} />
              <UnreadBadge count={waiting.unread} mentions={waiting.mentions} />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
