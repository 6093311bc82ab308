import type { RefObject, TextareaHTMLAttributes } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { prepareEmoji } from '../../app/composer-emoji.js';
import { useApp } from '../../app/use-app.js';
import { optionId } from './completion-list.js';
import type { Completion } from './use-completion.js';

interface ComposerAreaProps {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  /** Under which the text is kept: so that no other window's draft takes its place meanwhile. */
  readonly draft: string;
  readonly label: string;
  readonly placeholder: string;
  readonly invalid: boolean;
  readonly list: string;
  readonly completion: Completion | undefined;
  /** Text or caret has changed, or the focus has gone. */
  onLook(): void;
  onClose(): void;
  readonly handlers: TextareaHTMLAttributes;
}

/** The text itself. Screen readers hear of its completions as of those of any field: by the active option. */
export function ComposerArea(props: ComposerAreaProps) {
  const { area, text, draft, label, placeholder, invalid, list, completion, onLook, onClose, handlers } = props;
  const app = useApp();
  useAutoGrow(area, text);
  return (
    <textarea
      ref={area}
      class="composer-area"
      rows={1}
      // Where there is no letter yet, there is no direction in it either: the page's holds.
      dir={/\p{L}/u.test(text) ? 'auto' : undefined}
      spellcheck
      value={text}
      aria-label={label}
      aria-describedby="composer-note"
      aria-invalid={invalid}
      aria-autocomplete="list"
      aria-controls={completion && list}
      aria-activedescendant={completion && optionId(list, completion.active)}
      placeholder={placeholder}
      onFocus={() => prepareEmoji(app)}
      onBlur={onClose}
      onKeyUp={(event) => {
        if (/^(?:Arrow(?:Left|Right)|Home|End)$/.test(event.key)) onLook();
      }}
      onClick={onLook}
      data-composer
      data-draft={draft}
      {...handlers}
    />
  );
}

/** Where the browser sizes a field by its content itself, the style sheet asks it to, and nothing is measured. */
const NATIVE = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

/** Grows with the text up to the maximum of the style sheet. */
export function useAutoGrow(area: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const { current } = area;
    if (NATIVE || !current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight + current.offsetHeight - current.clientHeight}px`;
  }, [area, text]);
}
