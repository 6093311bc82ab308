import { useApp } from '../app/use-app.js';

/** Beside the list, on wide windows, while nothing is chosen. */
export function Welcome() {
  const { t } = useApp();
  return (
    <div class="empty">
      <h1 class="empty-title">{t('conversation.choose')}</h1>
      <p>{t('conversation.choose_hint')}</p>
    </div>
  );
}
