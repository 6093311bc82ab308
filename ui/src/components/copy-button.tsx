import { useEffect, useState } from 'preact/hooks';
import { copy } from '../app/copy.js';
import { useApp } from '../app/use-app.js';
import { Icon } from './icon.js';

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
