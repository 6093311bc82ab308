import { useApp } from '../app/use-app.js';

interface UnreadBadgeProps {
  readonly count: number;
  /** How many of them name the user: those call, the others only wait. */
  readonly mentions?: number;
}

export function UnreadBadge({ count, mentions = 0 }: UnreadBadgeProps) {
  const { t } = useApp();
  if (count === 0) return null;
  return (
    <span class={mentions > 0 ? 'badge badge-mentions' : 'badge'}>
      <span aria-hidden="true">
        {mentions > 0 && '@'}
        {count > 99 ? '99+' : count}
      </span>
      <span class="visually-hidden">
        {t('unread', { count })}
        {mentions > 0 && `, ${t('people.named', { count: mentions })}`}
      </span>
    </span>
  );
}
