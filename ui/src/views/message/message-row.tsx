import { useMemo } from 'preact/hooks';
import { hookNameOf } from '../../../../protocol/hook-name.js';
import type { EntryView } from '../../../../protocol/local-api.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { DeliveryMark } from '../../components/delivery-mark.js';
import { Icon } from '../../components/icon.js';
import { mentionsIn } from '../../components/message-text.js';
import { deliveryOf } from '../../state/delivery.js';
import { isFromOther, sameName } from '../../state/entries.js';
import { placeOf } from '../../state/order.js';
import { MessageActions } from './message-actions.js';
import { MessageContent } from './message-content.js';
import { MessageFrame } from './message-frame.js';

interface MessageRowProps {
  readonly entry: EntryView;
  readonly first: boolean;
  readonly conversation: string;
  readonly newest: boolean;
  readonly marked: boolean;
  /** Why it has reached nobody yet. */
  readonly pending?: string | undefined;
}

export function MessageRow({ entry, first, conversation, newest, marked, pending }: MessageRowProps) {
  const { t } = useApp();
  const me = useDaemon((daemon) => daemon.me);
  const receipts = useDaemon((daemon) => daemon.conversations[conversation]?.receipts);
  const reads = useDaemon((daemon) => daemon.conversations[conversation]?.reads);
  const asked = useSelector((state) => state.asked[entry.id]);
  const editing = useSelector(({ composing }) => {
    const at = composing[conversation];
    return at?.mode === 'edit' && at.entry.id === entry.id;
  });
  const name = usePersonName(entry.from);
  const bot = useDaemon((daemon) => daemon.people[entry.from.toLowerCase()]?.bot === true);
  const delivery = useMemo(() => deliveryOf(entry, { receipts, reads }, me), [entry, receipts, reads, me]);
  const frame = { id: entry.id, from: entry.from, name, time: placeOf(entry), first, bot };
  if (entry.deleted) {
    return (
      <MessageFrame {...frame}>
        <p class="message-placeholder">
          <Icon name="trash" small /> {t('message.deleted')}
        </p>
      </MessageFrame>
    );
  }
  const hook = hookNameOf(entry);
  const mentioned = isFromOther(entry, me.username) && speaksTo(entry, me.username);
  return (
    <MessageFrame
      {...frame}
      {...(delivery ? { state: delivery.state } : {})}
      mentioned={mentioned}
      editing={editing}
      marked={marked}
      mark={delivery && <DeliveryMark delivery={delivery} conversation={conversation} spelled={newest} />}
      actions={<MessageActions entry={entry} name={name} />}
    >
      {hook !== undefined && (
        <p class="message-hook">
          <span class="tag" title={hook}>
            <bdi>{hook}</bdi> <span>{t('hooks.mark')}</span>
          </span>
        </p>
      )}
      <MessageContent entry={entry} asked={asked ?? []} />
      {pending !== undefined && (
        <p class="message-pending">
          <Icon name="clock" small />
          {pending}
        </p>
      )}
    </MessageFrame>
  );
}

/** As the daemon counts it; and in texts of those who did not know the name yet. */
function speaksTo({ message, data: { mentions, call } }: EntryView, self: string): boolean {
  if (call === 'all' || call === 'here') return true;
  const named = Array.isArray(mentions) && mentions.some((name) => typeof name === 'string' && sameName(name, self));
  return named || mentionsIn(message).has(self.toLowerCase());
}
