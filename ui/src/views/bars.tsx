import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { Bar, Dismiss } from '../components/bar.js';
import { BroadcastBar } from './broadcast-bar.js';
import { ConnectionBar } from './connection-bar.js';
import { NoticeBar } from './notice-bar.js';
import { NotifyBar } from './notifications/notify-bar.js';
import { WelcomeCard } from './start/welcome-card.js';
import { UpdateBar } from './update-bar.js';

/** Over any view: the connection, what went wrong, the daemon's notices, and broadcasts. */
export function Bars() {
  const { t, store } = useApp();
  const alerts = useSelector((state) => state.alerts);
  const notices = useDaemon((daemon) => daemon.notices);
  return (
    <section class="bars" aria-label={t('bars.label')}>
      <ConnectionBar />
      <UpdateBar />
      <WelcomeCard />
      <NotifyBar />
      <div aria-live="polite">
        {alerts.map(({ id, text }) => (
          <Bar
            key={id}
            tone="error"
            icon="alert"
            label={t('bars.error')}
            actions={<Dismiss onClick={() => store.dispatch({ type: 'alert/drop', id })} />}
          >
            {text}
          </Bar>
        ))}
        {notices.map((notice) => (
          <NoticeBar key={notice.id} notice={notice} />
        ))}
      </div>
      <div aria-live="assertive">
        <BroadcastBar />
      </div>
    </section>
  );
}
