import { useRef } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { markRead } from '../../app/conversations.js';
import { jumpToUnread } from '../../app/jump.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { UnreadMark, Timeline } from '../../state/model.js';
import type { Row } from '../../state/rows.js';

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

interface UnreadAboveInput {
  readonly timeline: Timeline;
  readonly rows: readonly Row[];
  /** The index of the row at the upper edge. */
  readonly edge: number;
  readonly mark: UnreadMark | undefined;
}

/** So many rows below the upper edge are in view on any screen. */
const IN_VIEW = 5;

/** Whether the unread messages begin above what can be seen, or is loaded; no more once their beginning was seen. */
export function useUnreadAbove({ timeline, rows, edge, mark }: UnreadAboveInput): boolean {
  const seen = useRef<UnreadMark>(undefined);
  if (!mark || edge < 0 || seen.current === mark) return false;
  const at = rows.findIndex(({ kind }) => kind === 'unread');
  if (at < 0) return timeline.more && !timeline.newer;
  if (at >= edge && at < edge + IN_VIEW) seen.current = mark;
  return at < edge;
}
