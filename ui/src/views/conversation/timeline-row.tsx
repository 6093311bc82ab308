import { useApp } from '../../app/use-app.js';
import { memo } from '../../components/memo.js';
import { sameRow } from '../../state/rows.js';
import type { Row } from '../../state/rows.js';
import { AlbumRow } from '../files/album-row.js';
import { MessageRow } from '../message/message-row.js';
import { PendingRow } from '../message/pending-row.js';
import { TimelineNotice, TimelineNotices } from './timeline-notice.js';

interface TimelineRowProps {
  readonly row: Row;
  readonly conversation: string;
  /** The daemon's clock, ms. */
  readonly now: number;
  readonly newest: boolean;
  /** Its mark shows unasked: here it changes how far own messages came. */
  readonly marked: boolean;
  /** Of the message that has reached nobody yet: why. */
  readonly pending?: string | undefined;
  /** Rows that the person opened. One object for the life of the timeline. */
  readonly opened: Set<string>;
}

function DrawnRow({ row, conversation, now, newest, marked, pending, opened }: TimelineRowProps) {
  const { t, formats } = useApp();
  switch (row.kind) {
    case 'day':
      return (
        <li class="row-line" data-key={row.key} data-loose>
          <span class="row-line-text">{formats.day(row.time, now)}</span>
        </li>
      );
    case 'unread':
      return (
        <li class="row-line row-line-unread" data-key={row.key}>
          <span class="row-line-text">{t('conversation.new')}</span>
        </li>
      );
    case 'notice':
      return <TimelineNotice entry={row.entry} />;
    case 'notices':
      return <TimelineNotices id={row.key} entries={row.entries} opened={opened} />;
    case 'message':
      return <MessageRow {...{ conversation, newest, marked, pending }} entry={row.entry} first={row.first} />;
    case 'album':
      return <AlbumRow {...{ conversation, newest, marked }} id={row.key} entries={row.entries} first={row.first} />;
    case 'pending':
      return <PendingRow item={row.item} first={row.first} />;
  }
}

/** A new message builds all rows anew, but changes few of them. */
export const TimelineRow = memo(
  DrawnRow,
  (before, after) =>
    sameRow(before.row, after.row) &&
    before.newest === after.newest &&
    before.marked === after.marked &&
    before.pending === after.pending &&
    before.conversation === after.conversation &&
    (before.now === after.now || after.row.kind !== 'day'),
);
