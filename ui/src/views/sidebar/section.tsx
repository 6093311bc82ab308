import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { IconName } from '../../components/icon.js';
import type { Waiting } from '../../state/sidebar.js';

interface SectionProps {
  /** Under which this browser keeps whether it is folded. */
  readonly name: 'channels' | 'friends' | 'direct' | 'people';
  readonly title: string;
  readonly action?: { readonly href: string; readonly icon: IconName; readonly label: string };
  readonly children: ComponentChildren;
}

/** Folded, it shows what calls and where one is. */
export function Section({ name, title, action, children }: SectionProps) {
  const { persisted } = useApp();
  const key = `section.${name}`;
  const [folded, setFolded] = useState(() => persisted.read(key) === 'folded');
  const id = useId();
  const toggle = (): void => {
    persisted.write(key, folded ? '' : 'folded');
    setFolded(!folded);
  };
  return (
    <section class="section" aria-labelledby={id} data-folded={folded || undefined}>
      <div class="section-head">
        <h2 id={id} class="section-title">
          <button type="button" class="section-fold" aria-expanded={!folded} onClick={toggle}>
            {title}
            <Icon name="fold" small />
          </button>
        </h2>
        {action && (
          <a class="icon-button" href={action.href} aria-label={action.label} title={action.label}>
            <Icon name={action.icon} small />
          </a>
        )}
      </div>
      {children}
    </section>
  );
}

/** What is muted does not call: it is dimmed, and bold only where somebody names the user. */
export function itemClass({ unread, mentions, muted }: Waiting): string {
  const calls = muted ? mentions > 0 : unread > 0;
  return `item${calls ? ' item-unread' : ''}${muted ? ' item-muted' : ''}`;
}
