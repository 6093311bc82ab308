import { useId, useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import { changePassword, signOutEverywhere, type PasswordRefused } from '../../app/account.js';
import { useApp } from '../../app/use-app.js';
import { useDaemonAway } from '../../components/daemon-away.js';
import { Dialog } from '../../components/dialog.js';
import { PasswordField } from '../../components/password-field.js';
import { passwordProblem } from '../../text/password.js';

/** The password of the account, for which the present one is needed. */
export function ChangePassword() {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [others, setOthers] = useState(false);
  const { busy, run } = useBusy();
  const [checked, setChecked] = useState(false);
  const [problem, setProblem] = useState<PasswordRefused>();
  const [said, setSaid] = useState('');
  const wrong = {
    old: passwordProblem(t, old, false),
    next: passwordProblem(t, next, true),
    again: again === next ? undefined : t('account.again_differs'),
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setChecked(true);
    setProblem(undefined);
    setSaid('');
    if (wrong.old !== undefined || wrong.next !== undefined || wrong.again !== undefined) return;
    await run(async () => {
      const refused = await changePassword(app, { old, next, others: others ? 'sign_out' : 'stay' });
      setProblem(refused);
      if (refused !== undefined) return;
      setChecked(false);
      for (const clear of [setOld, setNext, setAgain]) clear('');
      setSaid(t('account.changed'));
    });
  };
  return (
    <section class="group" aria-labelledby={id}>
      <h2 id={id}>{t('account.password')}</h2>
      <p class="field-hint">{t('account.password_hint')}</p>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        <PasswordField
          label={t('account.old')}
          isFirst={false}
          value={old}
          error={(checked ? wrong.old : undefined) ?? (problem?.isOld ? problem.text : undefined)}
          onInput={setOld}
        />
        <PasswordField
          label={t('account.new')}
          isFirst={false}
          isNew
          value={next}
          hint={t('account.new_hint')}
          error={checked ? wrong.next : undefined}
          onInput={setNext}
        />
        <PasswordField
          label={t('account.again')}
          isFirst={false}
          isNew
          value={again}
          error={checked ? wrong.again : undefined}
          onInput={setAgain}
        />
        <label class="choice">
          <input type="checkbox" checked={others} onChange={(event) => setOthers(event.currentTarget.checked)} />
          {t('account.others')}
        </label>
        <p class="field-error" role="alert">
          {problem?.isOld === false && problem.text}
        </p>
        <button class="button" aria-disabled={busy}>
          {t('account.change')}
        </button>
        <p role="status">{said}</p>
      </form>
    </section>
  );
}

/** The daemon makes it while the browser saves it. */
export function ExportData() {
  const { t } = useApp();
  const id = useId();
  const away = useDaemonAway();
  const [refused, setRefused] = useState(false);
  return (
    <section class="group" aria-labelledby={id}>
      <h2 id={id}>{t('account.export')}</h2>
      <p class="field-hint">{t('account.export_hint')}</p>
      <a
        class="button"
        href="/api/export"
        download
        onClick={(event) => {
          // A browser tells nothing in the page of a download that does not begin.
          if (away) event.preventDefault();
          setRefused(away);
        }}
      >
        {t('account.export_do')}
      </a>
      <p class="field-error" role="alert">
        {refused && away && t('error.daemon_unreachable')}
      </p>
    </section>
  );
}

export function SignOutEverywhere() {
  const { t } = useApp();
  const id = useId();
  const [asking, setAsking] = useState(false);
  return (
    <section class="group" aria-labelledby={id}>
      <h2 id={id}>{t('account.everywhere')}</h2>
      <p class="field-hint">{t('account.everywhere_hint')}</p>
      <button class="button" onClick={() => setAsking(true)}>
        {t('account.everywhere')}
      </button>
      {asking && <SignOutDialog onClose={() => setAsking(false)} />}
    </section>
  );
}

/** Asks once more: the password is needed afterwards, and whoever has forgotten it cannot come back. */
function SignOutDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const { t } = app;
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const leave = (): Promise<void> => run(async () => setProblem(await signOutEverywhere(app)));
  return (
    <Dialog title={t('account.everywhere_ask')} onClose={onClose}>
      <p>{t('account.everywhere_follows')}</p>
      <p class="field-error" role="alert">
        {problem}
      </p>
      <form method="dialog" class="dialog-actions">
        <button class="button">{t('account.everywhere_not')}</button>
        <button type="button" class="button button-danger" disabled={busy} onClick={() => void leave()}>
          {t('account.everywhere')}
        </button>
      </form>
    </Dialog>
  );
}
