import { useObservable } from '../../app/observable.js';
import { useApp } from '../../app/use-app.js';
import { Bar } from '../../components/bar.js';

/** Asked once, and not before there was something to tell. */
export function NotifyBar() {
  const { t, notifications } = useApp();
  const { offering, permission } = useObservable(notifications.state);
  if (!offering || permission !== 'default') return null;
  return (
    <Bar
      tone="info"
      icon="bell"
      label={t('bars.info')}
      actions={
        <>
          <button class="button button-small button-primary" onClick={() => void notifications.ask()}>
            {t('notifications.ask_do')}
          </button>
          <button class="button button-small" onClick={() => notifications.decline()}>
            {t('notifications.ask_not')}
          </button>
        </>
      }
    >
      {t('notifications.ask')}
    </Bar>
  );
}
