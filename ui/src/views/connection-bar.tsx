import { useEffect, useState } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import { Bar } from '../components/bar.js';

/** A short cut is not worth a bar that flashes up. */
const GRACE_MS = 400;

export function ConnectionBar() {
  const { t, socket } = useApp();
  const connection = useSelector((state) => state.connection);
  const live = connection.phase === 'live';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (live) return setShown(false);
    const timer = setTimeout(() => setShown(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [live]);
  return (
    <div role="status">
      {shown && !live && (
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
          {t('connection.lost')} {connection.retryAt !== undefined && <Countdown until={connection.retryAt} />}
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
