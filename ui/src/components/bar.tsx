import type { ComponentChildren } from 'preact';
import { useApp } from '../app/use-app.js';
import { Icon, type IconName } from './icon.js';

export type BarTone = 'info' | 'warning' | 'error' | 'broadcast';

interface BarProps {
  readonly tone: BarTone;
  readonly icon: IconName;
  /** What kind of bar it is, for those who do not see its colour. */
  readonly label: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** A line across the window, over every view. */
export function Bar({ tone, icon, label, children, actions }: BarProps) {
  return (
    <div class={`bar bar-${tone}`}>
      <Icon name={icon} />
      <div class="bar-text">
        <span class="visually-hidden">{label}: </span>
        {children}
      </div>
      {actions && <div class="bar-actions">{actions}</div>}
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
