import { useState } from 'preact/hooks';
import { showPanel } from '../../app/finding.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { BROADCAST, PERMANENT_CHANNELS } from '../../limits.js';
import { usePending } from '../conversation/use-pending.js';
import { PaneHeader } from '../pane-header.js';
import { HeaderActions } from './header-actions.js';
import { LeaveDialog, TopicDialog } from './channel-dialogs.js';
import type { MenuItem } from './menu.js';
import { ClosedTag, MutedBadge, TopicText } from './channel-badges.js';

export function ChannelHeader({ conversation, known }: { conversation: string; known: boolean }) {
  const app = useApp();
  const { t } = app;
  const pending = usePending(conversation);
  const name = conversation.slice(1);
  const channel = useDaemon((daemon) => daemon.channels[name]);
  const [asking, setAsking] = useState<'topic' | 'leave'>();
  const close = (): void => setAsking(undefined);
  const topic = channel?.topic ?? '';
  const title = channel?.title ?? name;
  const isClosed = channel?.state !== undefined;
  // Nobody is in one that is deleted.
  const members = channel?.state === 'deleted' ? undefined : channel?.members;
  const leave: MenuItem = {
    icon: 'leave',
    label: t('channel.leave', { name: title }),
    danger: true,
    onChoose: () => setAsking('leave'),
  };
  const changeTopic: MenuItem = {
    icon: 'pen',
    label: t('channels.topic_change'),
    onChoose: () => setAsking('topic'),
  };
  const items: readonly MenuItem[] = [
    { icon: 'info', label: t('channels.about_named', { name: title }), onChoose: () => showPanel(app, 'about') },
    ...(isClosed ? [] : [changeTopic]),
    ...(PERMANENT_CHANNELS.includes(name) ? [] : [leave]),
  ];
  return (
    <PaneHeader
      title={`#${title}`}
      badge={
        <>
          <ClosedTag name={name} />
          <MutedBadge conversation={conversation} />
        </>
      }
      about={<TopicLine name={name} topic={topic} known={known && !isClosed} onChange={() => setAsking('topic')} />}
      more={pending?.text}
    >
      {known && <HeaderActions conversation={conversation} members={members} items={items} />}
      {asking === 'topic' && <TopicDialog channel={name} topic={topic} onClose={close} />}
      {asking === 'leave' && <LeaveDialog name={name} onClose={close} />}
    </PaneHeader>
  );
}

interface TopicLineProps {
  readonly name: string;
  readonly topic: string;
  readonly known: boolean;
  onChange(): void;
}

function TopicLine({ name, topic, known, onChange }: TopicLineProps) {
  const { t } = useApp();
  const hint = `#${name}` === BROADCAST ? t('channel.broadcast_hint') : '';
  if (topic === '' && hint !== '') return <>{hint}</>;
  if (!known) return topic === '' ? null : <TopicText topic={topic} />;
  if (topic === '')
    return (
      <button class="topic-add" onClick={onChange}>
        {t('channels.topic_add')}
      </button>
    );
  return (
    <>
      <TopicText topic={topic} />
      <button
        class="topic-edit"
        aria-label={t('channels.topic_change')}
        title={t('channels.topic_change')}
        onClick={onChange}
      >
        <Icon name="pen" small />
      </button>
    </>
  );
}
