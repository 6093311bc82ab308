import { retryHistory } from '../../app/history.js';
import { usePlaceName } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { sameName } from '../../state/entries.js';
import type { Timeline } from '../../state/model.js';
import { EmptyConversation } from '../start/empty-conversation.js';

interface TimelineTopProps {
  readonly conversation: string;
  readonly place: string;
  readonly timeline: Timeline;
  /** There is nothing to show below. */
  readonly empty: boolean;
}

/** What stands above the oldest row: that more is coming, that it failed, or that this is the beginning. */
export function TimelineTop({ conversation, place, timeline, empty }: TimelineTopProps) {
  const app = useApp();
  const { t } = app;
  if (timeline.phase === 'failed' && timeline.part !== 'after') {
    return (
      <div class="timeline-top" role="alert">
        <p>{t('conversation.failed')}</p>
        <button class="button button-small" onClick={() => retryHistory(app, conversation)}>
          {t('conversation.retry')}
        </button>
      </div>
    );
  }
  if (!timeline.loaded) return <p class="timeline-top">{t('conversation.loading')}</p>;
  if (timeline.more) return <p class="timeline-top">{t('conversation.loading_older')}</p>;
  return <Beginning conversation={conversation} place={place} empty={empty} />;
}

function Beginning({ conversation, place, empty }: Pick<TimelineTopProps, 'conversation' | 'place' | 'empty'>) {
  const { t } = useApp();
  const self = useDaemon((daemon) => daemon.me.username);
  const shown = usePlaceName(place);
  const name = place.slice(1);
  const kind = conversation.startsWith('#') ? 'channel' : sameName(place, self) ? 'notes' : 'direct';
  if (!empty) {
    const keys = { channel: 'beginning', notes: 'beginning_notes', direct: 'beginning_direct' } as const;
    return <p class="timeline-top">{t(`conversation.${keys[kind]}`, { name, username: shown })}</p>;
  }
  return <EmptyConversation conversation={conversation} place={place} />;
}

/** What stands below the newest loaded row, where there are newer ones. */
export function TimelineBottom({ conversation, timeline }: { conversation: string; timeline: Timeline }) {
  const app = useApp();
  const { t } = app;
  if (timeline.phase !== 'failed' || timeline.part === 'before') {
    return <p class="timeline-top">{t('timeline.loading_newer')}</p>;
  }
  return (
    <div class="timeline-top" role="alert">
      <p>{t('timeline.failed_newer')}</p>
      <button class="button button-small" onClick={() => retryHistory(app, conversation)}>
        {t('conversation.retry')}
      </button>
    </div>
  );
}
