import { useEffect, useState } from 'preact/hooks';
import { copy } from '../../app/copy.js';
import { useApp } from '../../app/use-app.js';

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
