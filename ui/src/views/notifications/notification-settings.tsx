import { useObservable } from '../../app/observable.js';
import { useApp } from '../../app/use-app.js';
import { Toggle } from '../settings/toggle.js';

/** What this browser shows and plays. Rules of single conversations stand in their headers. */
export function NotificationSettings() {
  const { t, notifications } = useApp();
  const { permission, wanted, sound } = useObservable(notifications.state);
  const possible = permission === 'default' || permission === 'granted';
  const on = wanted && permission === 'granted';
  return (
    <section class="group" aria-labelledby="notification-settings">
      <h2 id="notification-settings">{t('notifications.title')}</h2>
      {possible ? (
        <Toggle
          label={t('notifications.wanted')}
          hint={t(permission === 'default' ? 'notifications.permission_default' : 'notifications.wanted_hint')}
          on={on}
          onSet={(wish) => notifications.setWanted(wish)}
        />
      ) : (
        <p role="status">{t(`notifications.permission_${permission}`)}</p>
      )}
      {permission === 'denied' && (
        <button class="button button-small" onClick={() => location.reload()}>
          {t('notifications.reload')}
        </button>
      )}
      {on && (
        <>
          <Toggle label={t('notifications.sound')} on={sound} onSet={async (wish) => notifications.setSound(wish)} />
          <button class="button button-small" onClick={() => notifications.test()}>
            {t('notifications.test')}
          </button>
        </>
      )}
      <p class="field-hint">{t('notifications.rules_hint')}</p>
    </section>
  );
}
