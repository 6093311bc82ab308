import { retryHistory } from '../../app/history.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { sameName } from '../../state/entries.js';
import type { Timeline } from '../../state/model.js';

interface TimelineTopProps {
  readonly conversation: string;
  readonly place: string;
  readonly timeline: Timeline;
  readonly atOldest: boolean;
  /** There is nothing to show below. */
  readonly empty: boolean;
}

/** What stands above the oldest row: that more is coming, that it failed, or that this is the beginning. */
export function TimelineTop({ conversation, place, timeline, atOldest, empty }: TimelineTopProps) {
  const app = useApp();
  const { t } = app;
  if (timeline.phase === 'failed') {
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
  if (timeline.more || !atOldest) return <p class="timeline-top">{t('conversation.loading_older')}</p>;
  return empty ? (
    <Beginning conversation={conversation} place={place} />
  ) : (
    <p class="timeline-top">{t('conversation.beginning', { place })}</p>
  );
}

function Beginning({ conversation, place }: { conversation: string; place: string }) {
  const { t } = useApp();
  const self = useDaemon((daemon) => daemon.me.username);
  const channel = conversation.startsWith('#');
  const title = channel
    ? t('conversation.empty_channel', { name: conversation.slice(1) })
    : sameName(place, self)
      ? t('conversation.notes')
      : t('conversation.empty_direct', { username: place });
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{t('conversation.empty_hint')}</p>
    </div>
  );
}
