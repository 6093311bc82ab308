import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { INVITE_CODE_MAX } from '../../../protocol/limits.js';
import { useApp } from '../app/use-app.js';
import { TextInput } from './text-input.js';

interface InviteFieldProps {
  readonly value: string;
  /** The tracker has just asked for a code, or refused this one: it is what one types next. */
  readonly isAsked: boolean;
  /** What was wrong with the last try. */
  readonly children?: ComponentChildren;
  onInput(value: string): void;
}

/** The code of an invite, where an account is made with one alone. */
export function InviteField({ value, isAsked, children, onInput }: InviteFieldProps) {
  const { t } = useApp();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isAsked) field.current?.focus();
  }, [isAsked]);
  return (
    <div class="field">
      <label for={id}>{t('start.entry_code')}</label>
      <TextInput
        inputRef={field}
        id={id}
        class="input"
        dir="ltr"
        type="text"
        autoComplete="off"
        autoCapitalize="characters"
        spellcheck={false}
        maxLength={INVITE_CODE_MAX}
        value={value}
        aria-invalid={isAsked}
        aria-describedby={`${id}-hint ${id}-error`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="field-hint">
        {t('start.entry_code_hint')}
      </p>
      {/* Always there, so that what appears in it is read out. */}
      <div id={`${id}-error`} class="field-error" role="alert">
        {children}
      </div>
    </div>
  );
}

/** Whether a refusal asks for a code, or for another one. */
export function asksForInvite(code: string | undefined): boolean {
  return code === 'invite_needed' || code === 'invite_over';
}
