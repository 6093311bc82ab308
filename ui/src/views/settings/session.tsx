import { signOut } from '../../app/session.js';
import { useApp } from '../../app/use-app.js';

export function Session() {
  const app = useApp();
  const { t } = app;
  return (
    <section class="group" aria-labelledby="session">
      <h2 id="session">{t('settings.session')}</h2>
      <button class="button" onClick={() => void signOut(app)}>
        {t('settings.sign_out')}
      </button>
      <p class="field-hint">{t('settings.sign_out_hint')}</p>
    </section>
  );
}
