import { useApp } from '../app/use-app.js';
import type { Delivery } from '../state/delivery.js';
import type { Translate } from '../text/translate.js';
import { Icon } from './icon.js';

interface DeliveryMarkProps {
  readonly delivery: Delivery;
  readonly inChannel: boolean;
  /** Shown in words as well: for the newest message. */
  readonly spelled: boolean;
}

/** One tick: durable here. Two: durable with others too. */
export function DeliveryMark({ delivery, inChannel, spelled }: DeliveryMarkProps) {
  const { t } = useApp();
  const text = textOf(t, delivery, inChannel);
  const full = delivery.state === 'sent' ? t('mark.sent') : text;
  return (
    <span class={`mark mark-${delivery.state}`} title={full}>
      <span class={spelled ? 'mark-text' : 'visually-hidden'}>{text}</span>
      <Icon name={delivery.state === 'sent' ? 'check' : 'checks'} small />
    </span>
  );
}

function textOf(t: Translate, delivery: Delivery, inChannel: boolean): string {
  if (delivery.state === 'sent') return t('mark.sent_short');
  if (delivery.state === 'read') return t('mark.read');
  return inChannel && delivery.to !== undefined ? t('mark.delivered_to', { count: delivery.to }) : t('mark.delivered');
}
