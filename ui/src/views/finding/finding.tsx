import { showOverlay } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { ShortcutsTable } from './shortcuts-table.js';
import { Switcher } from './switcher.js';
import { useFindingKeys } from './use-finding-keys.js';

/** What helps to find, over any view: the keys for it, the switcher and the table of keys. */
export function Finding() {
  const app = useApp();
  const overlay = useSelector((state) => state.finding.overlay);
  useFindingKeys();
  if (overlay === 'switcher') return <Switcher />;
  if (overlay !== 'shortcuts') return null;
  return (
    <Dialog panel title={app.t('finding.keys')} onClose={() => showOverlay(app, undefined)}>
      <ShortcutsTable heading="h3" />
    </Dialog>
  );
}
