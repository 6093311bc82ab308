import { useEffect, useId, useState } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import { daemonText } from '../app/daemon-texts.js';
import { refreshSession, signIn } from '../app/session.js';
import { CommandLine } from '../components/copying.js';
import { InviteField } from '../components/invite-field.js';
import { Logo } from '../components/logo.js';
import { PasswordField } from '../components/password-field.js';
import { TrackerStatus } from '../components/tracker-status.js';
import { Sentence } from '../components/sentence.js';
import { Start } from './start/start.js';
import { usePasswordForm } from './use-password-form.js';

const REFRESH_MS = 3_000;

export function SignIn() {
  const app = useApp();
  const { t } = app;
  const session = useSelector((state) => state.session);
  // While the daemon starts as the new user, what it says of its session is not to be shown.
  const [opening, setOpening] = useState(false);
  useEffect(() => {
    document.title = t('app.name');
    const timer = setInterval(() => void refreshSession(app), REFRESH_MS);
    return () => clearInterval(timer);
  }, [app, t]);
  const elsewhere = session.phase === 'signed_out' && session.view.gateway === true;
  useEffect(() => {
    if (elsewhere) location.replace('sign-in');
  }, [elsewhere]);
  if (session.phase !== 'signed_out' || elsewhere) return null;
  const { view, reason } = session;
  if (opening || view.setup) return <Start setup={view.setup} onOpening={setOpening} />;
  return (
    <main class="center">
      <div class="card">
        <Logo />
        <p class="card-about">{t('signin.about')}</p>
        {reason && <p class="card-reason">{daemonText(t, reason, 'daemon.signed_out')}</p>}
        <SignInForm username={view.username} />
        <TrackerStatus tracker={view.tracker} />
        <AnotherAccount username={view.username} />
      </div>
    </main>
  );
}

/** A daemon belongs to one user, for good: for somebody else another one is started, beside it or in its place. */
function AnotherAccount({ username }: { username: string }) {
  const { t } = useApp();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button button-plain"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {t('signin.another')}
      </button>
      <div id={id}>
        {isOpen && (
          <>
            <p class="field-hint">
              <Sentence text={t('signin.other', { username })} />
            </p>
            <CommandLine text={t('signin.other_command')} />
          </>
        )}
      </div>
    </>
  );
}

function SignInForm({ username }: { username: string }) {
  const app = useApp();
  const { t } = app;
  /** Undefined until the tracker asks for one. */
  const [invite, setInvite] = useState<string>();
  const [isAsked, setAsked] = useState(false);
  const { register, busy, field, submit, change } = usePasswordForm('sign_in', async (filled) => {
    const code = invite ? { invite } : {};
    const failed = await signIn(app, {
      password: filled.password,
      ...(filled.register ? { register: true, ...code } : {}),
    });
    setAsked(failed?.asksForInvite === true);
    if (failed?.asksForInvite === true) setInvite(invite ?? '');
    return failed?.text;
  });
  return (
    <form class="form" onSubmit={(event) => void submit(event)} noValidate>
      <h1 class="card-title">{t(register ? 'signin.register_title' : 'signin.title', { username })}</h1>
      {/* For password managers, which store a password under its user name. */}
      <input
        class="visually-hidden"
        type="text"
        autoComplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-label={t('signin.username')}
      />
      <PasswordField {...field} hint={register ? t('signin.register_hint') : ''} />
      {register && invite !== undefined && <InviteField value={invite} isAsked={isAsked} onInput={setInvite} />}
      <button class="button button-primary" disabled={busy}>
        {busy ? t('signin.busy') : t(register ? 'signin.submit_register' : 'signin.submit')}
      </button>
      <button type="button" class="button button-plain" onClick={change}>
        {t(register ? 'signin.to_signin' : 'signin.to_register')}
      </button>
    </form>
  );
}
