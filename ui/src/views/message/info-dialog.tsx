import { Fragment } from 'preact';
import type { EntryView } from '../../../../protocol/local-api.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { DeliveryNames } from '../../components/delivery-mark.js';
import { Dialog } from '../../components/dialog.js';
import { type Delivery, deliveryOf } from '../../state/delivery.js';
import { useNames } from './use-names.js';

/** When it was written and changed, whom it has reached, who answered it with an emoji. */
export function InfoDialog({ entry, onClose }: { entry: EntryView; onClose: () => void }) {
  const { t, formats } = useApp();
  const { nameOf, listed } = useNames();
  const me = useDaemon((daemon) => daemon.me);
  const view = useDaemon((daemon) => daemon.conversations[entry.conversation]);
  const delivery = deliveryOf(entry, { receipts: view?.receipts, reads: view?.reads }, me);
  const reactions = entry.reactions ?? [];
  return (
    <Dialog panel title={t('message.info_title')} onClose={onClose}>
      <dl class="message-facts">
        <dt>{t('message.info_sent')}</dt>
        <dd>{formats.full(entry.time)}</dd>
        {entry.edited && (
          <>
            <dt>{t('message.info_edited')}</dt>
            <dd>{formats.full(entry.edited)}</dd>
          </>
        )}
        {entry.pinned && (
          <>
            <dt>{t('message.info_pinned')}</dt>
            <dd>
              {nameOf(entry.pinned.by)}, {formats.full(entry.pinned.time)}
            </dd>
          </>
        )}
        {reactions.map(({ emoji, users }) => (
          <Fragment key={emoji}>
            <dt class="message-facts-emoji">{emoji}</dt>
            <dd>{listed(users)}</dd>
          </Fragment>
        ))}
        <dt>{t('message.info_state')}</dt>
        <dd>{entry.former ? t('message.info_former') : <Reached delivery={delivery} />}</dd>
      </dl>
    </Dialog>
  );
}

function Reached({ delivery }: { delivery: Delivery | undefined }) {
  const { t } = useApp();
  const { nameOf } = useNames();
  if (!delivery) return <>{t('message.info_elsewhere')}</>;
  if (!('to' in delivery))
    return <>{t(delivery.state === 'sent' ? 'message.info_nobody' : 'message.info_elsewhere')}</>;
  if (delivery.to.length === 0) return <>{t(`mark.${delivery.state}`)}</>;
  return <DeliveryNames delivery={delivery} nameOf={nameOf} />;
}
