import { useMemo } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { useDaemon } from '../../app/use-app.js';
import { DeliveryMark } from '../../components/delivery-mark.js';
import { Icon } from '../../components/icon.js';
import { MessageText } from '../../components/message-text.js';
import { deliveryOf } from '../../state/delivery.js';
import { MessageFrame } from './message-frame.js';

interface MessageRowProps {
  readonly entry: EntryView;
  readonly first: boolean;
  readonly conversation: string;
  readonly newest: boolean;
  /** Why it has reached nobody yet. */
  readonly pending?: string | undefined;
}

export function MessageRow({ entry, first, conversation, newest, pending }: MessageRowProps) {
  const me = useDaemon((daemon) => daemon.me);
  const receipts = useDaemon((daemon) => daemon.conversations[conversation]?.receipts);
  const reads = useDaemon((daemon) => daemon.conversations[conversation]?.reads);
  const delivery = useMemo(() => deliveryOf(entry, { receipts, reads }, me), [entry, receipts, reads, me]);
  return (
    <MessageFrame
      id={entry.id}
      from={entry.from}
      time={entry.time}
      first={first}
      {...(delivery ? { state: delivery.state } : {})}
      mark={delivery && <DeliveryMark delivery={delivery} inChannel={entry.type === 'broadcast'} spelled={newest} />}
    >
      <MessageText text={entry.message} />
      {pending !== undefined && (
        <p class="message-pending">
          <Icon name="clock" small />
          {pending}
        </p>
      )}
    </MessageFrame>
  );
}
