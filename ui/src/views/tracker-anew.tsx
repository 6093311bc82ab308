import { useState } from 'preact/hooks';
import { acceptTracker } from '../app/session.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { Dialog } from '../components/dialog.js';
import { PasswordField } from '../components/password-field.js';
import type { TextKey } from '../text/translate.js';
import { usePasswordForm } from './use-password-form.js';

const follows: readonly TextKey[] = [
  'anew.follows_believe',
  'anew.follows_names',
  'anew.follows_old',
  'anew.follows_device',
];

/** For the notice of a tracker that vouches with another key: only a person can know that it is theirs all the same. */
export function TrackerAnew({ ca }: { ca: string }) {
  const { t } = useApp();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="button button-small" onClick={() => setOpen(true)}>
        {t('anew.button')}
      </button>
      {open && <AnewDialog ca={ca} onClose={() => setOpen(false)} />}
    </>
  );
}

function AnewDialog({ ca, onClose }: { ca: string; onClose: () => void }) {
  const app = useApp();
  const { t } = app;
  const { username } = useDaemon((daemon) => daemon.me);
  const { url } = useDaemon((daemon) => daemon.tracker);
  const { register, busy, field, submit, change } = usePasswordForm('register', async (filled) => {
    const failure = await acceptTracker(app, { ca, ...filled });
    if (failure === undefined) onClose();
    return failure;
  });
  return (
    <Dialog title={t('anew.title')} onClose={onClose}>
      <p>{t('anew.ask', { url })}</p>
      <ul class="follows">
        {follows.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ul>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        <PasswordField {...field} hint={t(register ? 'anew.register_hint' : 'anew.sign_in_hint', { username })} />
        <button class="button button-danger" disabled={busy}>
          {busy ? t('signin.busy') : t(register ? 'anew.register' : 'anew.sign_in', { username })}
        </button>
        <button type="button" class="button button-plain" onClick={change}>
          {t(register ? 'anew.to_sign_in' : 'anew.to_register')}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {t('anew.not')}
        </button>
      </form>
    </Dialog>
  );
}
