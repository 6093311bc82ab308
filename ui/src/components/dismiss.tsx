import { useApp } from '../app/use-app.js';
import { Icon } from './icon.js';

export function Dismiss({ onClick }: { onClick: () => void }) {
  const { t } = useApp();
  return (
    <button class="icon-button" aria-label={t('bars.dismiss')} title={t('bars.dismiss')} onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}
