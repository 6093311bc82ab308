import type { ComponentChildren } from 'preact';
import { useApp, useDaemon } from '../app/use-app.js';
import { Icon } from '../components/icon.js';
import { TrackerDot } from '../components/tracker-status.js';

interface PaneHeaderProps {
  readonly title: string;
  readonly icon?: ComponentChildren;
  /** Behind the title. */
  readonly badge?: ComponentChildren;
  readonly about?: ComponentChildren;
  /** Shown behind `about` where there is room. */
  readonly more?: string | undefined;
  /** Where the way back leads on a phone; to all conversations, if absent. */
  readonly back?: { readonly href: string; readonly label: string } | undefined;
  /** Buttons. */
  readonly children?: ComponentChildren;
}

/** On a phone with the way back and the tracker's state, since the list is out of sight there. */
export function PaneHeader({ title, icon, badge, about, more, back, children }: PaneHeaderProps) {
  const { t } = useApp();
  const tracker = useDaemon((daemon) => daemon.tracker);
  return (
    <header class="pane-header">
      <a class="icon-button pane-back" href={back?.href ?? '#/'} aria-label={back?.label ?? t('conversation.back')}>
        <Icon name="back" />
      </a>
      <div class="pane-titles">
        <h1 class="pane-title">
          {icon}
          <bdi class="pane-name">{title}</bdi>
          {badge}
        </h1>
        {about !== undefined && (
          <p class="pane-about" title={typeof about === 'string' ? about : undefined}>
            {about}
            {more !== undefined && (
              <span class="pane-more" title={more}>
                {' '}
                · {more}
              </span>
            )}
          </p>
        )}
      </div>
      {children}
      <TrackerDot tracker={tracker} />
    </header>
  );
}
