import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import { Icon } from './icon.js';

interface DialogProps {
  readonly title: string;
  /** Beside the title. */
  readonly badge?: ComponentChildren;
  /** A panel to read: wider, with a button in its corner that closes it. Otherwise the children have to offer a way out. */
  readonly panel?: boolean;
  readonly children: ComponentChildren;
  onClose(): void;
}

/** A modal dialog: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, badge, panel = false, children, onClose }: DialogProps) {
  const { t } = useApp();
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the browser paints: what is typed at once already goes into it.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      // Taken away while open, it would not give the focus back.
      dialog?.close();
      // Whatever opened it may be gone by now: then the focus would be nowhere.
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('[data-main]')?.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={panel ? 'dialog dialog-panel' : 'dialog'}
      aria-labelledby={id}
      // One that is gone tells of its end a little later: by then another may be open, which is not meant.
      onClose={({ currentTarget }) => currentTarget.isConnected && onClose()}
    >
      <div class="dialog-head">
        <h2 id={id} class="dialog-title">
          {title}
        </h2>
        {badge}
        {panel && (
          <button
            class="icon-button dialog-close"
            aria-label={t('dialog.close')}
            title={t('dialog.close')}
            onClick={() => ref.current?.close()}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <Refusal />
      {children}
    </dialog>
  );
}

/** What was refused while the dialog is open is told here: the bars beneath it can be neither read out nor reached. */
function Refusal() {
  const { store } = useApp();
  const alerts = useSelector((state) => state.alerts);
  const before = useRef(new Set(alerts.map(({ id }) => id)));
  const own = alerts.filter(({ id }) => !before.current.has(id));
  const seen = useRef(own);
  seen.current = own;
  useLayoutEffect(() => () => seen.current.forEach(({ id }) => store.dispatch({ type: 'alert/drop', id })), [store]);
  return (
    <p class="field-error" role="alert">
      {own.at(-1)?.text}
    </p>
  );
}
