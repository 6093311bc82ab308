import type { ComponentProps, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { useApp } from '../app/use-app.js';

type InputProps = ComponentProps<'input'> & {
  /** In UTF-16 code units, as browsers count. */
  readonly maxLength: number;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
};

/**
 * A field for one line. Every one of the window is this one: whatever is pasted, dropped, typed or written by a program, no
 * more of it is ever laid out than `maxLength`, and what did not fit is told.
 */
export function TextInput({ inputRef, onBeforeInput, ...props }: InputProps) {
  const { note, onBeforeInput: look } = useCutNote(props.maxLength);
  return (
    <>
      <input
        {...props}
        ref={inputRef}
        onBeforeInput={(event) => {
          look(event);
          onBeforeInput?.(event);
        }}
      />
      {note}
    </>
  );
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/** The note below a field of which the browser cut something off, until something is written that fits. */
export function useCutNote(max: number) {
  const { t } = useApp();
  const [cut, setCut] = useState(0);
  const onBeforeInput = (event: InputEvent & { readonly currentTarget: Field }): void => {
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const more = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
    const length = value.length - ((selectionEnd ?? 0) - (selectionStart ?? 0)) + more.length;
    setCut(Math.max(0, more === '' ? 0 : length - max));
  };
  const note = cut > 0 && (
    <p class="cut-note" role="alert">
      {t('field.cut', { count: cut, max })}
    </p>
  );
  return { note, onBeforeInput };
}
