import { useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import { signInAtTracker } from '../../app/session.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { PasswordField } from '../../components/password-field.js';
import { useDaemonAway } from '../../components/daemon-away.js';
import { DaemonAway, TrackerStatus, TrackerWell } from '../../components/tracker-status.js';

/** The tracker's state, always in sight: one mark while all is well (unless `whole`), else what is wrong, with the next step where there is one to take here. */
export function TrackerPanel({ whole = false }: { readonly whole?: boolean }) {
  const { t } = useApp();
  const tracker = useDaemon((daemon) => daemon.tracker);
  const away = useDaemonAway();
  const [open, setOpen] = useState(false);
  if (away) return <DaemonAway />;
  if (tracker.state === 'connected' && !whole) return <TrackerWell tracker={tracker} />;
  return (
    <>
      <TrackerStatus tracker={tracker} brief />
      {tracker.state === 'signed_out' && (
        <button class="button button-small" onClick={() => setOpen(true)}>
          {t('tracker.sign_in')}
        </button>
      )}
      {open && <TrackerSignIn onClose={() => setOpen(false)} />}
    </>
  );
}

function TrackerSignIn({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { t } = app;
  const [password, setPassword] = useState('');
  const { busy, run } = useBusy();
  const [error, setError] = useState<string>();
  const signIn = (event: Event, register: boolean): Promise<void> => {
    event.preventDefault();
    return run(async () => {
      const failure = await signInAtTracker(app, password, register);
      setError(failure);
      if (failure === undefined) onClose();
    });
  };
  return (
    <Dialog title={t('tracker.sign_in_title')} onClose={onClose}>
      <form class="form" onSubmit={(event) => void signIn(event, false)} noValidate>
        <PasswordField value={password} error={error} onInput={setPassword} />
        <button class="button button-primary" disabled={busy}>
          {busy ? t('signin.busy') : t('signin.submit')}
        </button>
        {error !== undefined && password !== '' && (
          <button type="button" class="button" disabled={busy} onClick={(event) => void signIn(event, true)}>
            {t('tracker.register_again')}
          </button>
        )}
      </form>
    </Dialog>
  );
}
