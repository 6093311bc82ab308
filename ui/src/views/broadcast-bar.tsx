import { markRead } from '../app/conversations.js';
import { useApp, useSelector } from '../app/use-app.js';
import { Bar } from '../components/bar.js';
import { BROADCAST } from '../limits.js';
import { formatRoute } from '../state/route.js';

/** The newest unseen broadcast. Dismissing marks `#broadcast` as read, so it goes away in every window. */
export function BroadcastBar() {
  const app = useApp();
  const { t } = app;
  const banners = useSelector((state) => state.banners);
  const here = useSelector((state) => state.route.view === 'channel' && `#${state.route.channel}` === BROADCAST);
  const newest = banners.at(-1);
  if (!newest || here) return null;
  const before = banners.length - 1;
  return (
    <Bar
      tone="broadcast"
      icon="broadcast"
      label={t('broadcast.label')}
      actions={
        <>
          <a class="button button-small" href={formatRoute({ view: 'channel', channel: BROADCAST.slice(1) })}>
            {t('broadcast.go')}
          </a>
          <button class="button button-small" onClick={() => markRead(app, BROADCAST)}>
            {t('broadcast.dismiss')}
          </button>
        </>
      }
    >
      <strong>{t('broadcast.from', { username: newest.from })}</strong>{' '}
      {before > 0 && <span class="bar-note">{t('broadcast.more', { count: before })}</span>}
      <p class="bar-message" dir="auto">
        {newest.message}
      </p>
    </Bar>
  );
}
