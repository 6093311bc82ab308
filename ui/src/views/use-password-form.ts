import { useState } from 'preact/hooks';
import { useBusy } from '../components/hooks.js';
import { useApp } from '../app/use-app.js';
import { passwordProblem } from '../text/password.js';

/**
 * The state of a form that signs in with a password or makes the account, one of which is `first` shown. `send` answers why
 * it failed, in words, or, after a success, once the form has gone or is needed again.
 */
export function usePasswordForm(
  first: 'sign_in' | 'register',
  send: (filled: { readonly password: string; readonly register: boolean }) => Promise<string | undefined>,
) {
  const { t } = useApp();
  const [register, setRegister] = useState(first === 'register');
  const [password, setPassword] = useState('');
  const { busy, run } = useBusy();
  const [error, setError] = useState<string>();

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const problem = passwordProblem(t, password, register);
    setError(problem);
    if (problem !== undefined) return;
    await run(async () => setError(await send({ password, register })));
  };
  const change = (event: Event): void => {
    setRegister(!register);
    setError(undefined);
    // What one does next is to type; on the button, Enter would turn it back.
    const { currentTarget } = event;
    const form = currentTarget instanceof Element ? currentTarget.closest('form') : null;
    form?.querySelector<HTMLElement>('[autocomplete$="-password"]')?.focus();
  };
  return { register, busy, field: { value: password, isNew: register, error, onInput: setPassword }, submit, change };
}
