import { useCallback, useState } from 'preact/hooks';
import type { SetupView } from '../../../../protocol/local-api.js';
import { openChat, type ChosenTracker } from '../../app/setup.js';
import { useApp } from '../../app/use-app.js';
import { Logo } from '../../components/logo.js';
import { AccountStep } from './account-step.js';
import { TrackerStep } from './tracker-step.js';

interface StartProps {
  /** As the daemon last told it; absent once it is past that. */
  readonly setup: SetupView | undefined;
  /** While the daemon starts as the new user. */
  onOpening(opening: boolean): void;
}

/** The first run: where, who, and then the chat. */
export function Start({ setup, onOpening }: StartProps) {
  const app = useApp();
  const { t } = app;
  const [address, setAddress] = useState(setup?.address ?? '');
  // Looked up at once, the first time: going back is the wish to change it.
  const [given, setGiven] = useState(setup?.address);
  const [tracker, setTracker] = useState<ChosenTracker>();
  const [opening, setOpening] = useState(false);
  const onChange = (): void => {
    setGiven(undefined);
    setTracker(undefined);
  };
  const onDone = useCallback((): void => {
    setOpening(true);
    onOpening(true);
    void openChat(app).then(() => onOpening(false));
  }, [app, onOpening]);
  return (
    <main class="center">
      <div class="card">
        <Logo />
        {opening ? (
          <Opening />
        ) : setup?.authorised !== true ? (
          <Stranger />
        ) : tracker ? (
          <AccountStep tracker={tracker} proposed={setup.device ?? ''} onChange={onChange} onDone={onDone} />
        ) : (
          <TrackerStep address={address} given={given} onInput={setAddress} onFound={setTracker} />
        )}
      </div>
      <p class="start-foot">{t('signin.about')}</p>
    </main>
  );
}

function Stranger() {
  const { t } = useApp();
  return (
    <div class="start-words">
      <h1 class="card-title">{t('start.stranger_title')}</h1>
      <p>{t('start.stranger')}</p>
      <p>{t('start.stranger_again')}</p>
    </div>
  );
}

function Opening() {
  const { t } = useApp();
  return (
    <div class="start-words" role="status" aria-busy="true">
      <h1 class="card-title">{t('start.opening')}</h1>
      <p>{t('start.opening_hint')}</p>
    </div>
  );
}
