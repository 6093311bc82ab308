import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { loadNewer, loadOlder } from '../../app/history.js';
import { toPresent } from '../../app/jump.js';
import { usePlaceName } from '../../app/people.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { useNow } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { emptyTimeline, type Place } from '../../state/model.js';
import { dayAbove, type Row } from '../../state/rows.js';
import { TimelineBottom, TimelineTop } from './timeline-ends.js';
import { TimelineRow } from './timeline-row.js';
import { TimelineUnread, useUnreadAbove } from './timeline-unread.js';
import { usePending } from './use-pending.js';
import { useReadingOn } from './use-reading.js';
import { useTimelineJump } from './use-timeline-jump.js';
import { useTimelineKeys } from './use-timeline-keys.js';
import { useTimelineRows } from './use-timeline-rows.js';
import { useTimelineScroll } from './use-timeline-scroll.js';

interface TimelineProps {
  readonly conversation: string;
  /** What the conversation is called: `#general`, or a person's name. */
  readonly place: string;
}

/** The loaded messages of one conversation. Drawn anew (by key) for each conversation. */
export function Timeline({ conversation, place }: TimelineProps) {
  const app = useApp();
  const { t, store, formats } = app;
  const timeline = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const name = usePlaceName(place);
  const { rows, firstUnread, mark, points } = useTimelineRows(conversation);
  const written = useSelector(
    (state) => state.outbox.findLast((item) => item.conversation === conversation)?.createdAt ?? 0,
  );
  const following = useSelector((state) => state.following);
  // Told on the way down alone: whoever stands there reads what comes, which changes the number twice a message.
  const unread = useSelector((state) =>
    state.following ? 0 : (state.daemon?.conversations[conversation]?.unread ?? 0),
  );
  const pending = usePending(conversation);
  const now = useNow(60_000);
  const [edge, setEdge] = useState(-1);
  const opened = useRef(new Set<string>()).current;

  const onTop = useCallback(() => loadOlder(app, conversation), [app, conversation]);
  const onBottom = useCallback(() => loadNewer(app, conversation), [app, conversation]);
  const onPresent = useCallback(() => void toPresent(app, conversation), [app, conversation]);
  const onFollowing = useCallback((is: boolean) => store.dispatch({ type: 'following', following: is }), [store]);
  const onLeave = (at: Place | undefined): void =>
    store.dispatch({ type: 'place', conversation, ...(at ? { place: at } : {}) });
  const reading = useReadingOn(conversation, rows, timeline);
  const known = useMemo(() => store.get().places[conversation], [store, conversation]);
  const scroll = useTimelineScroll({
    ...{ rows, live: !timeline.newer, written, place: known },
    ...{ onLeave, onTop, onBottom, onPresent, onFollowing, onEdge: setEdge, ...reading },
  });
  const unreadAbove = useUnreadAbove({ timeline, rows, edge, mark });
  const shown = useTimelineJump(conversation, rows, scroll);
  useTimelineKeys(conversation, scroll);

  const newest = timeline.newer ? undefined : rows.at(-1);
  const day = !unreadAbove && edge > 0 && rows[edge]?.kind !== 'day' ? dayAbove(rows, edge) : undefined;
  return (
    <div class="timeline">
      {mark && unreadAbove && <TimelineUnread conversation={conversation} mark={mark} first={firstUnread} />}
      {day !== undefined && (
        <p class="timeline-day" aria-hidden="true">
          <span>{formats.day(day, now)}</span>
        </p>
      )}
      <p class="visually-hidden" role="status">
        {shown && t('timeline.shown', { username: shown.from, time: formats.full(shown.time) })}
      </p>
      <div
        ref={scroll.box}
        class="timeline-box"
        role="region"
        aria-label={t('conversation.timeline', { place: name })}
        tabIndex={0}
        onScroll={scroll.onScroll}
        data-timeline
      >
        <TimelineTop conversation={conversation} place={place} timeline={timeline} empty={rows.length === 0} />
        <ol
          ref={scroll.list}
          class="rows"
          aria-busy={timeline.phase === 'loading'}
          onFocusIn={scroll.onFocus}
          onFocusOut={scroll.onFocus}
        >
          {scroll.pieces.map((piece) =>
            'row' in piece ? (
              <TimelineRow
                key={piece.row.key}
                row={piece.row}
                conversation={conversation}
                now={now}
                newest={piece.row === newest}
                marked={isMarked(piece.row, points)}
                pending={piece.row.key === pending?.id ? pending.text : undefined}
                opened={opened}
              />
            ) : (
              <li
                key={piece.key}
                class="row-room"
                style={{ height: `${piece.room}px` }}
                data-from={piece.start}
                aria-hidden
              />
            ),
          )}
        </ol>
        {timeline.newer && <TimelineBottom conversation={conversation} timeline={timeline} />}
      </div>
      {!following && rows.length > 0 && (
        <button
          class="jump"
          title={unread > 0 ? t('conversation.jump_read') : undefined}
          onClick={scroll.toNewest}
          data-jump
        >
          <Icon name="down" small />
          {unread > 0 ? t('conversation.jump_unread', { count: unread }) : t('conversation.jump')}
        </button>
      )}
    </div>
  );
}

function isMarked(row: Row, points: ReadonlySet<string>): boolean {
  if (row.kind === 'message') return points.has(row.entry.id);
  return row.kind === 'album' && row.entries.some(({ id }) => points.has(id));
}
