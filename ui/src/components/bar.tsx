import type { ComponentChildren } from 'preact';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

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
