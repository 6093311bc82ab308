import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { partsOfLink } from '../../../protocol/invite-code.js';
import { INVITE_MAX } from '../../../protocol/limits.js';
import { useApp } from '../app/use-app.js';
import { TextInput } from './text-input.js';

interface InviteFieldProps {
  readonly value: string;
  /** The fingerprint of the tracker at which the account is made, where it is known: a link that leads to another one opens nothing there. */
  readonly ca?: string;
  /** The tracker has just asked for a code, or refused this one: it is what one types next. */
  readonly isAsked: boolean;
  /** What was wrong with the last try. */
  readonly children?: ComponentChildren;
  onInput(value: string): void;
}

/** The code of an invite, where an account is made with one alone. */
export function InviteField({ value, ca, isAsked, children, onInput }: InviteFieldProps) {
  const { t } = useApp();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const isElsewhere = (of: string): boolean => ca !== undefined && of !== ca;
  const link = partsOfLink(value);
  const wrong = link && (isElsewhere(link.ca) ? 'start.entry_code_elsewhere' : 'start.entry_code_missing');
  /** Of a link that was pasted whole only its code is asked for. */
  const take = (text: string): void => {
    const pasted = partsOfLink(text);
    onInput(pasted?.code === undefined || isElsewhere(pasted.ca) ? text : pasted.code);
  };
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
        maxLength={INVITE_MAX}
        value={value}
        aria-invalid={isAsked || wrong !== undefined}
        aria-describedby={`${id}-hint ${id}-error`}
        onInput={(event) => take(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="field-hint">
        {t('start.entry_code_hint')}
      </p>
      {/* Always there, so that what appears in it is read out. */}
      <div id={`${id}-error`} class="field-error" role="alert">
        {wrong === undefined ? children : <p>{t(wrong)}</p>}
      </div>
    </div>
  );
}

/** Whether a refusal asks for a code, or for another one. */
export function asksForInvite(code: string | undefined): boolean {
  return code === 'invite_needed' || code === 'invite_over';
}
