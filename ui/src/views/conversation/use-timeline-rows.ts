import { useMemo } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { turningPoints } from '../../state/delivery.js';
import { emptyTimeline } from '../../state/model.js';
import type { UnreadMark } from '../../state/model.js';
import { buildRows } from '../../state/rows.js';
import type { Row } from '../../state/rows.js';
import { firstUnread } from '../../state/unread.js';

export interface TimelineRows {
  readonly rows: readonly Row[];
  readonly mark: UnreadMark | undefined;
  /** The first unread message, where it is loaded. */
  readonly firstUnread: EntryView | undefined;
  /** The own messages whose marks show unasked. */
  readonly points: ReadonlySet<string>;
}

/** What is loaded of a conversation, as rows. Messages on their way stand below the newest one, where that is loaded. */
export function useTimelineRows(conversation: string): TimelineRows {
  const { formats } = useApp();
  const self = useDaemon((daemon) => daemon.me.username);
  const { entries, newer, more } = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const mark = useSelector((state) => state.marks[conversation]);
  const outbox = useSelector((state) => state.outbox);
  const pending = useMemo(
    () => (newer ? [] : outbox.filter((item) => item.conversation === conversation)),
    [outbox, newer, conversation],
  );
  const unread = useMemo(() => firstUnread(entries, mark, self, { newer, more }), [entries, mark, self, newer, more]);
  const rows = useMemo(
    () => buildRows({ entries, pending, firstUnread: unread, self, dayOf: formats.dayOf }),
    [entries, pending, unread, self, formats],
  );
  const first = useMemo(() => entries.find(({ id }) => id === unread), [entries, unread]);
  const me = useDaemon((daemon) => daemon.me);
  const receipts = useDaemon((daemon) => daemon.conversations[conversation]?.receipts);
  const reads = useDaemon((daemon) => daemon.conversations[conversation]?.reads);
  const points = useMemo(() => turningPoints(entries, { receipts, reads }, me), [entries, receipts, reads, me]);
  return { rows, mark, points, firstUnread: unread === undefined ? undefined : first };
}
