import type { ComponentChildren } from 'preact';
import { useApp } from '../app/use-app.js';
import { useFold } from './use-fold.js';

/** A long message: its beginning, and all of it when asked for, or when the focus goes where it cannot be seen. */
export function Folded({ fold, children }: { fold: string; children: ComponentChildren }) {
  const { t } = useApp();
  const [open, setOpen] = useFold(`${fold} text`);
  const onFocus = ({ target, currentTarget }: { target: EventTarget | null; currentTarget: HTMLElement }): void => {
    if (!(target instanceof HTMLElement) || open) return;
    if (target.getBoundingClientRect().bottom > currentTarget.getBoundingClientRect().bottom) setOpen(true);
  };
  return (
    <>
      <div class={open ? 'message-text' : 'message-text message-folded'} onFocusCapture={onFocus}>
        {children}
      </div>
      <button type="button" class="fold-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'message.show_less' : 'message.show_more')}
      </button>
    </>
  );
}
