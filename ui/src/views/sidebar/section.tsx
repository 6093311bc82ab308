import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from '../../components/icon.js';
import type { IconName } from '../../components/icon.js';
import type { Waiting } from '../../state/sidebar.js';

interface SectionProps {
  readonly title: string;
  readonly action?: { readonly href: string; readonly icon: IconName; readonly label: string };
  readonly children: ComponentChildren;
}

export function Section({ title, action, children }: SectionProps) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id} class="section-title">
          {title}
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
