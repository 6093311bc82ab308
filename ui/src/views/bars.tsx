import { dismissNotice } from '../app/conversations.js';
import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { Bar } from '../components/bar.js';
import { Icon } from '../components/icon.js';
import { BroadcastBar } from './broadcast-bar.js';
import { ConnectionBar } from './connection-bar.js';

/** Over any view: the connection, what went wrong, the daemon's notices, and broadcasts. */
export function Bars() {
  const app = useApp();
  const { t, store } = app;
  const alerts = useSelector((state) => state.alerts);
  const notices = useDaemon((daemon) => daemon.notices);
  return (
    <section class="bars" aria-label={t('bars.label')}>
      <ConnectionBar />
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
        {notices.map(({ id, level, text }) => (
          <Bar
            key={id}
            tone={level}
            icon={level === 'info' ? 'info' : 'alert'}
            label={t(`bars.${level}`)}
            actions={<Dismiss onClick={() => void dismissNotice(app, id)} />}
          >
            {text}
          </Bar>
        ))}
      </div>
      <div aria-live="assertive">
        <BroadcastBar />
      </div>
    </section>
  );
}

function Dismiss({ onClick }: { onClick: () => void }) {
  const { t } = useApp();
  return (
    <button class="icon-button" aria-label={t('bars.dismiss')} title={t('bars.dismiss')} onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}
