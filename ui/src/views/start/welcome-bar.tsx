import { useState } from 'preact/hooks';
import { greeted, isNew } from '../../app/session.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Bar } from '../../components/bar.js';
import { hasAppleKeyboard, switcherKeys } from '../finding/shortcuts.js';
import { InviteButton } from '../invite/invite-dialog.js';

/** What somebody new has to know, once. What else there is to know is said where it is met. */
export function WelcomeBar() {
  const app = useApp();
  const { t } = app;
  const username = useDaemon((daemon) => daemon.me.username);
  const [shown, setShown] = useState(() => isNew(app, username));
  if (!shown) return null;
  const keys = switcherKeys(hasAppleKeyboard(navigator.platform)).open;
  const done = (): void => {
    greeted(app, username);
    setShown(false);
    document.querySelector<HTMLElement>('[data-main]')?.focus();
  };
  return (
    <Bar
      tone="info"
      rank="welcome"
      icon="info"
      label={t('start.welcome_label')}
      actions={
        <>
          <InviteButton />
          <button class="button button-small button-primary" onClick={done}>
            {t('start.welcome_done')}
          </button>
        </>
      }
    >
      <strong>{t('start.welcome_title', { username })}</strong> {t('start.welcome_general')}{' '}
      {t('start.welcome_find', { keys })}
    </Bar>
  );
}
