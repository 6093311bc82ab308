import type { EntryView } from '../../../../protocol/local-api.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { DeliveryMark } from '../../components/delivery-mark.js';
import { MessageText } from '../../components/message-text.js';
import { deliveryOf } from '../../state/delivery.js';
import { placeOf } from '../../state/order.js';
import { reactionsWith } from '../../state/relations.js';
import { MessageActions } from '../message/message-actions.js';
import { MessageFrame } from '../message/message-frame.js';
import { ReactionsBar } from '../message/reactions-bar.js';
import { ReplyQuote } from '../message/reply-quote.js';
import { fileLine } from '../../text/file-words.js';
import { Picture } from './picture.js';
import { useFileLook } from './use-file.js';

interface AlbumRowProps {
  readonly id: string;
  readonly entries: readonly EntryView[];
  readonly first: boolean;
  readonly conversation: string;
  readonly newest: boolean;
  readonly marked: boolean;
}

/** Columns of a grid of so many pictures. */
export function columnsOf(count: number): number {
  return count <= 2 || count === 4 ? 2 : 3;
}

/** Pictures that were sent together: one row with a grid, in which each stays a message of its own that one can act on. */
export function AlbumRow({ id, entries, first, conversation, newest, marked }: AlbumRowProps) {
  const { t } = useApp();
  const me = useDaemon((daemon) => daemon.me);
  const receipts = useDaemon((daemon) => daemon.conversations[conversation]?.receipts);
  const reads = useDaemon((daemon) => daemon.conversations[conversation]?.reads);
  const [opening] = entries;
  const last = entries.at(-1);
  const name = usePersonName(opening?.from ?? '');
  if (!opening || !last) return null;
  const delivery = deliveryOf(last, { receipts, reads }, me);
  return (
    <MessageFrame
      holds
      {...{ id, from: opening.from, name, time: placeOf(opening), first }}
      {...(delivery ? { state: delivery.state } : {})}
      marked={marked}
      mark={delivery && <DeliveryMark delivery={delivery} conversation={conversation} spelled={newest} />}
    >
      {opening.reply && <ReplyQuote reply={opening.reply} conversation={conversation} />}
      <ul
        class="album"
        style={{ '--columns': columnsOf(entries.length) }}
        aria-label={t('file.album', { count: entries.length })}
      >
        {entries.map((entry) => (
          <Tile key={entry.id} entry={entry} name={name} />
        ))}
      </ul>
      {entries.map(
        (entry) => entry.message !== '' && <MessageText key={entry.id} text={entry.message} fold={entry.id} />,
      )}
    </MessageFrame>
  );
}

function Tile({ entry, name }: { entry: EntryView; name: string }) {
  const { t } = useApp();
  const look = useFileLook(entry);
  const asked = useSelector((state) => state.asked[entry.id]);
  const self = useDaemon(({ me }) => me.username);
  const reactions = reactionsWith(entry.reactions ?? [], asked ?? [], self);
  if (!look) return null;
  return (
    <li class="album-tile" tabIndex={-1} data-message data-key={entry.id} aria-label={fileLine(t, look, '')}>
      <Picture entry={entry} look={look} tile />
      {reactions.length > 0 && <ReactionsBar entry={entry} reactions={reactions} />}
      <MessageActions entry={entry} name={name} small />
    </li>
  );
}
