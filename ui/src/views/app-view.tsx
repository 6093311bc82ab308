import { Component } from 'preact';
import type { ComponentChildren } from 'preact';
import { useApp, useSelector } from '../app/use-app.js';
import { Logo } from '../components/logo.js';
import { Sentence } from '../components/sentence.js';
import { Shell } from './shell.js';
import { SignIn } from './sign-in.js';

export function AppView() {
  const { t } = useApp();
  return (
    <Boundary
      fallback={
        <main class="center">
          <p>{t('app.crashed')}</p>
          <button class="button button-primary" onClick={() => location.reload()}>
            {t('app.reload')}
          </button>
        </main>
      }
    >
      <Page />
    </Boundary>
  );
}

function Page() {
  const phase = useSelector((state) => state.session.phase);
  const ready = useSelector((state) => state.daemon !== undefined);
  if (phase === 'signed_out') return <SignIn />;
  return ready ? <Shell /> : <Splash />;
}

/** Until the daemon has told how things stand. */
function Splash() {
  const { t, socket } = useApp();
  const waiting = useSelector((state) => state.connection.phase === 'waiting');
  return (
    <main class="center" aria-busy={!waiting}>
      <Logo />
      <p role="status">
        <Sentence text={waiting ? t('splash.waiting') : t('splash.connecting')} />
      </p>
      {waiting && (
        <button class="button" onClick={() => socket.nudge()}>
          {t('connection.retry')}
        </button>
      )}
    </main>
  );
}

/** A bug in drawing must not leave an empty page. */
class Boundary extends Component<{ fallback: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? this.props.fallback : this.props.children;
  }
}
