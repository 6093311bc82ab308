import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/use-app.js';
import { Bar } from '../components/bar.js';

/** The daemon has been updated, and this window still shows the page of before. */
export function UpdateBar() {
  const { t, updates } = useApp();
  const [newer, setNewer] = useState(updates.newer);
  useEffect(() => updates.subscribe(() => setNewer(updates.newer)), [updates]);
  if (!newer) return null;
  return (
    <Bar
      tone="info"
      icon="info"
      label={t('bars.info')}
      actions={
        <button class="button button-small" onClick={() => location.reload()}>
          {t('settings.update')}
        </button>
      }
    >
      {t('settings.updated')}
    </Bar>
  );
}
