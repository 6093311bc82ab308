/** Texts into the clipboard: the copying itself, a button that copies, and a line of text beside such a button. */
import { useEffect, useState } from 'preact/hooks';
import type { App } from '../app/context.js';
import { useApp } from '../app/use-app.js';
import { Icon } from './icon.js';

/** Answers whether it worked; where it did not, the person is told. Without https a browser copies on localhost alone. */
export async function copy({ store, newId, t }: App, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    store.dispatch({ type: 'alert', id: newId(), text: t('message.copy_failed') });
    return false;
  }
}

/** How long it says that it was done, ms. */
const TOLD_MS = 2_000;

/** Copies, and says so for a moment: by a tick, and to those who hear the page. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const app = useApp();
  const { t } = app;
  const [done, setDone] = useState(0);
  useEffect(() => {
    if (done === 0) return undefined;
    const timer = setTimeout(() => setDone(0), TOLD_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const onClick = async (): Promise<void> => {
    if (await copy(app, text)) setDone((count) => count + 1);
  };
  return (
    <>
      <button type="button" class="copy-button" aria-label={label} title={label} onClick={() => void onClick()}>
        <Icon name={done > 0 ? 'check' : 'copy'} small />
      </button>
      <span class="visually-hidden" role="status">
        {done > 0 && t('message.copied')}
      </span>
    </>
  );
}

/** What is to be typed in a terminal, or sent to somebody: to be copied with one press. `label`: what it is. */
export function CommandLine({ text, label }: { text: string; label?: string }) {
  const app = useApp();
  const { t } = app;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div class="command-line">
      <code dir="ltr" tabIndex={0} aria-label={label}>
        {text}
      </code>
      <button type="button" class="button button-small" onClick={() => void copy(app, text).then(setCopied)}>
        {t(copied ? 'start.invite_copied' : 'start.invite_copy')}
        {label !== undefined && <span class="visually-hidden"> {label}</span>}
      </button>
    </div>
  );
}
