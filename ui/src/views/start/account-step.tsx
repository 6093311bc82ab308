import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import { parseUsername } from '../../../../protocol/ids.js';
import { isSeen } from '../../../../protocol/visible.js';
import { setUp, type Problem, type ChosenTracker } from '../../app/setup.js';
import { useApp } from '../../app/use-app.js';
import { asksForInvite, InviteField } from '../../components/invite-field.js';
import { DeviceField } from '../../components/device-field.js';
import { PasswordField } from '../../components/password-field.js';
import { TextInput } from '../../components/text-input.js';
import { passwordProblem } from '../../text/password.js';

interface AccountStepProps {
  readonly tracker: ChosenTracker;
  /** What this device might be called. */
  readonly proposed: string;
  /** Back to the first step. */
  onChange(): void;
  onDone(): void;
}

/** By the code of a refusal; `''` is what this page says itself. */
const FIELD_OF: Readonly<Record<string, 'name' | 'password'>> = {
  ...{ '': 'name', bad_name: 'name', name_taken: 'name', name_confusable: 'name', unknown_user: 'name' },
  ...{ bad_password: 'password', invalid_credentials: 'password' },
};

export function AccountStep({ tracker, proposed, onChange, onDone }: AccountStepProps) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const name = useRef<HTMLInputElement>(null);
  const [register, setRegister] = useState(true);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [device, setDevice] = useState(proposed);
  const [deviceError, setDeviceError] = useState<string>();
  const { busy, run } = useBusy();
  const [passwordError, setPasswordError] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  /** Undefined until the tracker asks for one. */
  const [invite, setInvite] = useState<string>();
  useEffect(() => name.current?.focus(), []);
  // What one does next is to type; on the button, Enter would turn it back.
  const change = (): void => {
    setRegister(!register);
    setProblem(undefined);
    setPasswordError(undefined);
    name.current?.focus();
  };

  const asks = asksForInvite(problem?.code);
  /** What is wrong lies at one of the fields, or at none of them, as while the tracker is away. */
  const wrong = problem && !asks ? (FIELD_OF[problem.code ?? ''] ?? 'none') : undefined;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!busy) await enter(register);
  };

  /** `anew`: the account is to be made. */
  const enter = async (anew: boolean): Promise<void> => {
    setRegister(anew);
    const wrongName = parseUsername(username) ? undefined : t('start.username_bad');
    const wrongPassword = passwordProblem(t, password, anew);
    setProblem(wrongName === undefined ? undefined : { text: wrongName });
    const wrongDevice = isSeen(device) ? undefined : t('devices.name_empty');
    setPasswordError(wrongPassword);
    setDeviceError(wrongDevice);
    if (wrongName !== undefined) name.current?.focus();
    if (wrongName !== undefined || wrongPassword !== undefined || wrongDevice !== undefined) return;
    await run(async () => {
      const { address, ca } = tracker;
      const code = anew && invite ? { invite } : {};
      const failed = await setUp(app, { address, ca, username, password, device, register: anew, ...code });
      if (!failed) return onDone();
      if (asksForInvite(failed.code)) setInvite(invite ?? '');
      // It is made, and waits: what comes next is to sign in.
      if (failed.code === 'account_pending') setRegister(false);
      setProblem(failed);
    });
  };

  return (
    <form class="form" noValidate onSubmit={(event) => void submit(event)}>
      <p class="start-step">{t('start.step', { step: 2, steps: 2 })}</p>
      <h1 class="card-title">{t(register ? 'start.account_title' : 'start.signin_title')}</h1>
      <FoundTracker tracker={tracker} onChange={onChange} />
      <div class="field">
        <label for={id}>{t('start.username')}</label>
        <TextInput
          inputRef={name}
          id={id}
          class="input"
          dir="ltr"
          type="text"
          autoComplete="username"
          autoCapitalize="off"
          spellcheck={false}
          maxLength={32}
          value={username}
          aria-invalid={wrong === 'name'}
          aria-describedby={`${id}-hint ${id}-error`}
          onInput={(event) => setUsername(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class="field-hint">
          {register && t('start.username_hint')}
        </p>
        <ProblemText id={`${id}-error`} problem={wrong === 'name' ? problem : undefined} />
        {problem?.code === 'name_taken' && (
          <button type="button" class="button button-small" disabled={busy} onClick={() => void enter(false)}>
            {t('start.mine')}
          </button>
        )}
      </div>
      <PasswordField
        value={password}
        isNew={register}
        hint={register ? t('signin.register_hint') : ''}
        error={wrong === 'password' ? problem?.text : passwordError}
        onInput={setPassword}
      />
      <DeviceField value={device} error={deviceError} onInput={setDevice} />
      {register && invite !== undefined && (
        <InviteField value={invite} ca={tracker.ca} isAsked={asks} onInput={setInvite}>
          {asks && <p>{problem?.text}</p>}
        </InviteField>
      )}
      <ProblemText
        id={`${id}-form-error`}
        problem={wrong === 'none' || (asks && invite === undefined) ? problem : undefined}
      />
      <button class="button button-primary" disabled={busy}>
        {busy ? t('start.busy') : t(register ? 'start.submit' : 'start.submit_signin')}
      </button>
      <button type="button" class="button button-plain" onClick={change}>
        {t(register ? 'start.to_signin' : 'start.to_register')}
      </button>
    </form>
  );
}

function FoundTracker({ tracker, onChange }: Pick<AccountStepProps, 'tracker' | 'onChange'>) {
  const { t } = useApp();
  return (
    <div class="start-found">
      <p>
        <strong>{t('start.found', { tracker: tracker.tracker })}</strong>
      </p>
      <p class="field-hint">{t(tracker.invited ? 'start.found_invited' : 'start.found_first')}</p>
      {tracker.local && <p class="field-hint">{t('start.found_local')}</p>}
      <button type="button" class="button button-small" onClick={onChange}>
        {t('start.change')}
      </button>
    </div>
  );
}

/** Always there, so that what appears in it is read out. */
export function ProblemText({ id, problem }: { id: string; problem: Problem | undefined }) {
  const { t } = useApp();
  return (
    <div id={id} class="field-error" role="alert">
      {problem && (
        <>
          <p>{problem.text}</p>
          {problem.detail !== undefined && (
            <p class="start-detail" dir="auto">
              {t('start.detail', { text: problem.detail })}
            </p>
          )}
        </>
      )}
    </div>
  );
}
