import { useApp } from '../app/use-app.js';

export function UnreadBadge({ count }: { count: number }) {
  const { t } = useApp();
  if (count === 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span class="visually-hidden">{t('unread', { count })}</span>
    </span>
  );
}
