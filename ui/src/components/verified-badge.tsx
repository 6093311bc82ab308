import { useApp } from '../app/use-app.js';
import { Icon } from './icon.js';

/** A shield with a tick, beside a name: its safety number was compared. */
export function VerifiedBadge() {
  const { t } = useApp();
  return (
    <span class="verified" title={t('trust.verified_title')}>
      <Icon name="verified" small />
      <span class="visually-hidden">{t('trust.verified')}</span>
    </span>
  );
}
