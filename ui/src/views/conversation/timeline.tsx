import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { loadOlder } from '../../app/history.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { useNow } from '../../components/use-now.js';
import { emptyTimeline } from '../../state/model.js';
import type { Place } from '../../state/model.js';
import type { Row } from '../../state/rows.js';
import { buildRows } from '../../state/rows.js';
import { firstUnread } from '../../state/unread.js';
import { TimelineRow } from './timeline-row.js';
import { TimelineTop } from './timeline-top.js';
import { usePending } from './use-pending.js';
import { useTimelineScroll } from './use-timeline-scroll.js';

interface TimelineProps {
  readonly conversation: string;
  /** What the conversation is called: `#general`, or a person's name. */
  readonly place: string;
}

/** The loaded messages of one conversation. Drawn anew (by key) for each conversation. */
export function Timeline({ conversation, place }: TimelineProps) {
  const app = useApp();
  const { t, store } = app;
  const timeline = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const rows = useRows(conversation);
  const written = useSelector(
    (state) => state.outbox.findLast((item) => item.conversation === conversation)?.createdAt ?? 0,
  );
  const unread = useSelector((state) => state.daemon?.conversations[conversation]?.unread ?? 0);
  const following = useSelector((state) => state.following);
  const pending = usePending(conversation);
  const now = useNow(60_000);

  const onTop = useCallback(() => loadOlder(app, conversation), [app, conversation]);
  const onFollowing = useCallback((is: boolean) => store.dispatch({ type: 'following', following: is }), [store]);
  const onLeave = (place: Place | undefined): void =>
    store.dispatch({ type: 'place', conversation, ...(place ? { place } : {}) });
  const { places } = store.get();
  const scroll = useTimelineScroll({ rows, jump: written, place: places[conversation], onLeave, onTop, onFollowing });

  const newest = rows.at(-1);
  const fill = timeline.loaded && timeline.more && rows.length < 30 && timeline.phase === 'idle';
  useEffect(() => {
    // A page that shows little (entries of other kinds) leaves nothing to scroll.
    if (fill) onTop();
  }, [fill, rows.length, onTop]);

  const { toNewest } = scroll;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // What stands over the timeline takes the key first, to close.
      const covered = document.querySelector('dialog[open], :popover-open') !== null;
      if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented && !covered) toNewest();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [toNewest]);

  return (
    <div class="timeline">
      <div
        ref={scroll.box}
        class="timeline-box"
        role="region"
        aria-label={t('conversation.timeline', { place })}
        tabIndex={0}
        onScroll={scroll.onScroll}
        data-timeline
      >
        <TimelineTop
          conversation={conversation}
          place={place}
          timeline={timeline}
          atOldest={scroll.atOldest}
          empty={rows.length === 0}
        />
        <ol ref={scroll.list} class="rows" aria-busy={timeline.phase === 'loading'}>
          {scroll.visible.map((row) => (
            <TimelineRow
              key={row.key}
              row={row}
              conversation={conversation}
              now={now}
              newest={row === newest}
              pending={row.key === pending?.id ? pending.text : undefined}
            />
          ))}
        </ol>
      </div>
      {!following && rows.length > 0 && (
        <button class="jump" onClick={toNewest} data-jump>
          <Icon name="down" small />
          {unread > 0 ? t('conversation.jump_unread', { count: unread }) : t('conversation.jump')}
        </button>
      )}
    </div>
  );
}

function useRows(conversation: string): readonly Row[] {
  const { formats } = useApp();
  const self = useDaemon((daemon) => daemon.me.username);
  const { entries } = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const mark = useSelector((state) => state.marks[conversation]);
  const outbox = useSelector((state) => state.outbox);
  const pending = useMemo(() => outbox.filter((item) => item.conversation === conversation), [outbox, conversation]);
  const unread = useMemo(() => firstUnread(entries, mark, self), [entries, mark, self]);
  return useMemo(
    () => buildRows({ entries, pending, firstUnread: unread, self, dayOf: formats.dayOf }),
    [entries, pending, unread, self, formats],
  );
}
