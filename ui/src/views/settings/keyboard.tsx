import { useApp } from '../../app/use-app.js';
import { ShortcutsTable } from '../finding/shortcuts-table.js';

export function Keyboard() {
  const { t } = useApp();
  return (
    <section class="group keyboard">
      <h2>{t('settings.keyboard')}</h2>
      <ShortcutsTable heading="h3" />
    </section>
  );
}
