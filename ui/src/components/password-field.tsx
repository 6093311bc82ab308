import { useId, useState } from 'preact/hooks';
import { useApp } from '../app/use-app.js';
import { PASSWORD_MAX } from '../limits.js';
import { Icon } from './icon.js';
import { TextInput } from './text-input.js';

/** Far above what a password may have: what is cut here is still refused as too long, never taken without its end. */
const LENGTH_MAX = 4 * PASSWORD_MAX;

interface PasswordFieldProps {
  readonly value: string;
  /** Other than “Password”, where there are several. */
  readonly label?: string;
  /** Whether it takes the focus when it appears. */
  readonly isFirst?: boolean;
  readonly isNew?: boolean;
  readonly hint?: string;
  readonly error?: string | undefined;
  onInput(value: string): void;
}

export function PasswordField({
  value,
  label,
  isFirst = true,
  isNew = false,
  hint,
  error,
  onInput,
}: PasswordFieldProps) {
  const { t } = useApp();
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label ?? t('signin.password')}</label>
      <div class="field-row">
        <TextInput
          id={id}
          class="input"
          {...(shown ? { type: 'text' } : { type: 'password' })}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          autoFocus={isFirst}
          maxLength={LENGTH_MAX}
          value={value}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-pressed={shown}
          aria-label={shown ? t('signin.hide') : t('signin.show')}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </div>
      <p id={`${id}-hint`} class="field-hint">
        {hint}
      </p>
      <p id={`${id}-error`} class="field-error" role="alert">
        {error}
      </p>
    </div>
  );
}
