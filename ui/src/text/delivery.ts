/** How far a message has come, in words. */
import type { Delivery } from '../state/delivery.js';
import type { Formats } from './format.js';
import type { Translate } from './translate.js';

/** More names than these are counted, not listed. */
const NAMES_SHOWN = 12;

/** A few words; in a channel with counts. `byAll`: all others there have read it. */
export function deliveryText(t: Translate, delivery: Delivery, inChannel: boolean, byAll = false): string {
  if (!('to' in delivery)) return t(`mark.${delivery.state}_short`);
  const { state, to, readBy } = delivery;
  if (!inChannel || to.length === 0) return t(`mark.${state}`);
  if (byAll) return t('mark.read_by_all');
  return readBy.length === 0
    ? t('mark.delivered_to', { count: to.length })
    : t('mark.read_by_only', { count: readBy.length });
}

/** The same with names. `nameOf`: a user's name as they spell it. */
export function deliveryTitle(
  { t, formats, nameOf }: { t: Translate; formats: Pick<Formats, 'list'>; nameOf: (user: string) => string },
  delivery: Delivery,
  inChannel: boolean,
): string {
  if (!('to' in delivery)) return t(`mark.${delivery.state}`);
  const { to, readBy } = delivery;
  if (!inChannel || to.length === 0) return deliveryText(t, delivery, inChannel);
  const listed = (users: readonly string[]): string => {
    const rest = users.length - NAMES_SHOWN;
    const names = users.slice(0, NAMES_SHOWN).map(nameOf);
    return formats.list(rest > 0 ? [...names, t('mark.more', { count: rest })] : names);
  };
  const delivered = t('mark.delivered_names', { names: listed(to) });
  return readBy.length === 0 ? delivered : `${delivered} · ${t('mark.read_names', { names: listed(readBy) })}`;
}
