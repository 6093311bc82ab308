import type { ComponentChildren } from 'preact';
import { Icon } from '../../components/icon.js';
import type { IconName } from '../../components/icon.js';

interface HeaderButtonProps {
  readonly icon: IconName;
  readonly label: string;
  /** Of a button that is on or off, or that opens something beside. */
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  /** On a phone there is no room for it: what it does stands in the menu. */
  readonly wide?: boolean;
  readonly children?: ComponentChildren;
  onClick(): void;
}

export function HeaderButton({ icon, label, pressed, expanded, wide = false, children, onClick }: HeaderButtonProps) {
  return (
    <button
      class={`icon-button header-button${wide ? ' header-wide' : ''}${children === undefined ? '' : ' header-counted'}`}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
      {children !== undefined && <span aria-hidden="true">{children}</span>}
    </button>
  );
}
