import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { BarQueue, BarQueueProvider } from '../components/bar-queue.js';
import { Bar, Dismiss } from '../components/bar.js';
import { ConnectionBar } from './connection-bar.js';
import { GuestBar } from './guest-bar.js';
import { HistoryBar } from './history-bar.js';
import { NoticeBar } from './notice-bar.js';
import { WelcomeBar } from './start/welcome-bar.js';
import { markRead } from '../app/conversations.js';
import { usePersonName } from '../app/people.js';
import { SendingBar } from './sending/sending-bar.js';
import { BROADCAST } from '../limits.js';
import { formatRoute } from '../state/route.js';
import { useObservable } from '../app/observable.js';
import { MessageLine } from '../components/message-line.js';

/** Over any view, one at a time: the connection, what went wrong, the daemon's notices, and broadcasts. */
export function Bars() {
  const { t, store } = useApp();
  const alerts = useSelector((state) => state.alerts);
  const notices = useDaemon((daemon) => daemon.notices);
  const made = useRef<BarQueue>(undefined);
  const queue = (made.current ??= new BarQueue());
  return (
    <BarQueueProvider value={queue}>
      <section class="bars" aria-label={t('bars.label')}>
        <ConnectionBar />
        <UpdateBar />
        <GuestBar />
        <HistoryBar />
        <WelcomeBar />
        <NotifyBar />
        <SendingBar />
        <div aria-live="polite">
          {alerts.map(({ id, text }) => (
            <Bar
              key={id}
              tone="error"
              rank="alert"
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
    </BarQueueProvider>
  );
}

/** The daemon has been updated, and this window still shows the page of before. */
export function UpdateBar() {
  const { t, updates } = useApp();
  const [newer, setNewer] = useState(updates.newer);
  useEffect(() => updates.subscribe(() => setNewer(updates.newer)), [updates]);
  if (!newer) return null;
  return (
    <Bar
      tone="info"
      rank="update"
      icon="info"
      label={t('bars.info')}
      actions={
        <button class="button button-small" onClick={() => location.reload()}>
          {t('settings.update')}
        </button>
      }
    >
      {t('settings.updated')}
    </Bar>
  );
}

/** The newest unseen broadcast. Dismissing marks `#broadcast` as read, so it goes away in every window. */
export function BroadcastBar() {
  const app = useApp();
  const { t } = app;
  const banners = useSelector((state) => state.banners);
  const here = useSelector((state) => state.route.view === 'channel' && `#${state.route.channel}` === BROADCAST);
  const newest = banners.at(-1);
  const name = usePersonName(newest?.from ?? '');
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
      <strong>{t('broadcast.from', { username: name })}</strong>{' '}
      {before > 0 && <span class="bar-note">{t('broadcast.more', { count: before })}</span>}{' '}
      <span class="bar-message" dir="auto">
        <MessageLine entry={newest} />
      </span>
    </Bar>
  );
}

/** Asked once, and not before there was something to tell. */
export function NotifyBar() {
  const { t, notifications } = useApp();
  const { offering, permission } = useObservable(notifications.state);
  if (!offering || permission !== 'default') return null;
  return (
    <Bar
      tone="info"
      rank="notify"
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
