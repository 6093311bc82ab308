import type { ComponentChildren } from 'preact';
import { useApp } from '../app/use-app.js';
import { useTurn, type BarRank } from './bar-queue.js';
import { Icon, type IconName } from './icon.js';

export type BarTone = 'info' | 'warning' | 'error' | 'broadcast';

interface BarProps {
  readonly tone: BarTone;
  /** How urgent it is, where that is not as its tone. */
  readonly rank?: BarRank;
  readonly icon: IconName;
  /** What kind of bar it is, for those who do not see its colour. */
  readonly label: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** A line over every view. One shows at a time; a button leads on to those that wait. */
export function Bar({ tone, rank = tone, icon, label, children, actions }: BarProps) {
  const { t } = useApp();
  const { mine, more, next } = useTurn(rank);
  if (!mine) return null;
  return (
    <div class={`bar bar-${tone}`}>
      <Icon name={icon} />
      <div class="bar-text">
        <span class="visually-hidden">{label}: </span>
        {children}
      </div>
      <div class="bar-actions">
        {actions}
        {more > 0 && (
          <button
            class="button button-small button-quiet"
            aria-label={t('bars.more', { count: more })}
            title={t('bars.more', { count: more })}
            onClick={next}
          >
            {t('bars.more_short', { count: more })}
          </button>
        )}
      </div>
    </div>
  );
}

export function Dismiss({ onClick }: { onClick: () => void }) {
  const { t } = useApp();
  return (
    <button class="icon-button" aria-label={t('bars.dismiss')} title={t('bars.dismiss')} onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}
