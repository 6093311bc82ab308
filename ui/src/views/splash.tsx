import { useApp, useSelector } from '../app/use-app.js';
import { Logo } from '../components/logo.js';

export function Splash() {
  const { t, socket } = useApp();
  const waiting = useSelector((state) => state.connection.phase === 'waiting');
  return (
    <main class="center" aria-busy={!waiting}>
      <Logo />
      <p role="status">{waiting ? t('splash.waiting') : t('splash.connecting')}</p>
      {waiting && (
        <button class="button" onClick={() => socket.nudge()}>
          {t('connection.retry')}
        </button>
      )}
    </main>
  );
}
