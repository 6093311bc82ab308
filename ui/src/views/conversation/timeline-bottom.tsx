import { retryHistory } from '../../app/history.js';
import { useApp } from '../../app/use-app.js';
import type { Timeline } from '../../state/model.js';

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
