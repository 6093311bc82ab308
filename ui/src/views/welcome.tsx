import { useApp, useDaemon } from '../app/use-app.js';
import { hasAppleKeyboard, switcherKeys } from './finding/shortcuts.js';
import { InviteButton } from './invite/invite-dialog.js';

/** Beside the list, on wide windows, while nothing is chosen. */
export function Welcome() {
  const { t } = useApp();
  const alone = useDaemon((daemon) => Object.keys(daemon.people).length < 2);
  const keys = switcherKeys(hasAppleKeyboard(navigator.platform)).open;
  return (
    <div class="empty">
      <h1 class="empty-title">{t('conversation.choose')}</h1>
      <p>{t('start.choose_hint', { keys })}</p>
      {alone && <p>{t('start.empty_people')}</p>}
      <InviteButton primary={alone} />
    </div>
  );
}
