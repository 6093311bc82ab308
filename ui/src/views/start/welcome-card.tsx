import { useState } from 'preact/hooks';
import { greeted, isNew } from '../../app/session.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { hasAppleKeyboard, switcherKeys } from '../finding/shortcuts.js';
import { InviteButton } from '../invite/invite-dialog.js';

/** Shows somebody new around, once, over the chat that they came for. */
export function WelcomeCard() {
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
    <section class="welcome" aria-label={t('start.welcome_label')}>
      <h2>{t('start.welcome_title', { username })}</h2>
      <ul>
        <li>{t('start.welcome_general')}</li>
        <li>{t('start.welcome_broadcast')}</li>
        <li>{t('start.welcome_private')}</li>
        <li>{t('start.welcome_find', { keys })}</li>
      </ul>
      <div class="welcome-actions">
        <InviteButton />
        <button class="button button-small button-primary" onClick={done}>
          {t('start.welcome_done')}
        </button>
      </div>
    </section>
  );
}
