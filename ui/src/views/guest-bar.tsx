import { useState } from 'preact/hooks';
import { isTold, toldGuest } from '../app/session.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { Bar } from '../components/bar.js';

/** What a visit is, for a guest of a gateway: until it was read, once a visit. Beside the own name the mark stays. */
export function GuestBar() {
  const app = useApp();
  const { t } = app;
  const username = useDaemon((daemon) => daemon.me.username);
  const guest = useDaemon((daemon) => daemon.people[username.toLowerCase()]?.guest === true);
  const [told, setTold] = useState(() => isTold(app, username));
  if (!guest || told) return null;
  const done = (): void => {
    toldGuest(app, username);
    setTold(true);
    document.querySelector<HTMLElement>('[data-main]')?.focus();
  };
  return (
    <Bar
      tone="info"
      rank="guest"
      icon="info"
      label={t('bars.info')}
      actions={
        <button class="button button-small" onClick={done}>
          {t('start.welcome_done')}
        </button>
      }
    >
      <strong>{t('people.guest_bar')}</strong> {t('people.guest_bar_kept')}
    </Bar>
  );
}
