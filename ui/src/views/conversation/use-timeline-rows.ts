import { useMemo } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
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
}

/** What is loaded of a conversation, as rows. Messages on their way stand below the newest one, where that is loaded. */
export function useTimelineRows(conversation: string): TimelineRows {
  const { formats } = useApp();
  const self = useDaemon((daemon) => daemon.me.username);
  const { entries, newer } = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const mark = useSelector((state) => state.marks[conversation]);
  const outbox = useSelector((state) => state.outbox);
  const pending = useMemo(
    () => (newer ? [] : outbox.filter((item) => item.conversation === conversation)),
    [outbox, newer, conversation],
  );
  const unread = useMemo(() => firstUnread(entries, mark, self, newer), [entries, mark, self, newer]);
  const rows = useMemo(
    () => buildRows({ entries, pending, firstUnread: unread, self, dayOf: formats.dayOf }),
    [entries, pending, unread, self, formats],
  );
  const first = useMemo(() => entries.find(({ id }) => id === unread), [entries, unread]);
  return { rows, mark, firstUnread: unread === undefined ? undefined : first };
}
