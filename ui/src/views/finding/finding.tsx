import { showOverlay } from '../../app/finding.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { personOf } from '../../state/sidebar.js';
import { CreateDialog } from '../channel/channel-dialogs.js';
import { CommandsDialog } from '../composer/commands-dialog.js';
import { StatusDialog } from '../person/status-dialog.js';
import { ShortcutsTable } from './shortcuts.js';
import { Switcher } from './switcher.js';
import { useFindingKeys } from './use-finding-keys.js';

/** What helps to find, over any view: the keys for it, the switcher, the table of keys, and what commands open. */
export function Finding() {
  const app = useApp();
  const overlay = useSelector((state) => state.finding.overlay);
  const status = useDaemon((daemon) => personOf(daemon, daemon.me.username).status);
  useFindingKeys();
  const close = (): void => showOverlay(app, undefined);
  switch (overlay) {
    case 'switcher':
      return <Switcher />;
    case 'shortcuts':
      return (
        <Dialog panel title={app.t('finding.keys')} onClose={close}>
          <ShortcutsTable heading="h3" />
        </Dialog>
      );
    case 'status':
      return <StatusDialog status={status} onClose={close} />;
    case 'commands':
      return <CommandsDialog onClose={close} />;
    case 'create':
      return <CreateDialog name="" onClose={close} />;
    case undefined:
      return null;
  }
}
