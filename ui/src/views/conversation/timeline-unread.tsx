import type { EntryView } from '../../../../protocol/local-api.js';
import { markRead } from '../../app/conversations.js';
import { jumpToUnread } from '../../app/jump.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { UnreadMark } from '../../state/model.js';

interface TimelineUnreadProps {
  readonly conversation: string;
  readonly mark: UnreadMark;
  /** The first unread message, where it is loaded. */
  readonly first: EntryView | undefined;
}

/** Over the upper edge, while the unread line stands above it. */
export function TimelineUnread({ conversation, mark, first }: TimelineUnreadProps) {
  const app = useApp();
  const { t, formats, store } = app;
  const { count } = mark;
  const text = first
    ? t('timeline.unread_since', { count, time: formats.time(first.time) })
    : t('timeline.unread', { count });
  return (
    <div class="timeline-unread">
      <button
        class="timeline-unread-go"
        title={t('timeline.unread_go')}
        onClick={() => void jumpToUnread(app, conversation, first?.id)}
        data-unread
      >
        <Icon name="up" small />
        {text}
      </button>
      <button
        class="timeline-unread-read"
        aria-label={t('timeline.unread_read')}
        title={t('timeline.unread_read')}
        onClick={() => {
          store.dispatch({ type: 'mark/clear', conversation });
          markRead(app, conversation);
        }}
      >
        <Icon name="close" small />
      </button>
    </div>
  );
}
