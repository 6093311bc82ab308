import { useEffect, useState } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import { Bar } from '../components/bar.js';
import { useDaemonAway } from '../components/daemon-away.js';
import { Sentence } from '../components/sentence.js';

export function ConnectionBar() {
  const { t, socket } = useApp();
  const connection = useSelector((state) => state.connection);
  const away = useDaemonAway();
  return (
    <div role="status">
      {away && (
        <Bar
          tone="warning"
          rank="connection"
          icon="unplugged"
          label={t('bars.warning')}
          actions={
            <button class="button button-small" onClick={() => socket.nudge()}>
              {t('connection.retry')}
            </button>
          }
        >
          <Sentence text={t('connection.lost')} />{' '}
          {connection.retryAt !== undefined && <Countdown until={connection.retryAt} />}
        </Bar>
      )}
    </div>
  );
}

/** Hidden from screen readers, which would read every second. `until`: browser clock, ms. */
function Countdown({ until }: { until: number }) {
  const { t, now } = useApp();
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), 500);
    return () => clearInterval(timer);
  }, [now]);
  return (
    <span class="bar-note" aria-hidden="true">
      {t('connection.retry_in', { seconds: Math.max(0, Math.ceil((until - time) / 1000)) })}
    </span>
  );
}
