import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { Logo } from '../../components/logo.js';
import { SwitcherButton } from '../finding/switcher-button.js';
import { ChannelList } from './channel-list.js';
import { OwnRow } from './own-row.js';
import { PeopleLists } from './people-lists.js';
import { TrackerPanel } from './tracker-panel.js';

export function Sidebar() {
  const { t } = useApp();
  const { username } = useDaemon((daemon) => daemon.me);
  const settings = t('sidebar.settings', { username });
  return (
    <nav class="sidebar" aria-label={t('sidebar.label')}>
      <header class="sidebar-top">
        <Logo />
        <a class="icon-button" href="#/settings" aria-label={settings} title={settings}>
          <Icon name="settings" />
        </a>
      </header>
      <SwitcherButton />
      <div class="sidebar-lists">
        <ChannelList />
        <PeopleLists />
      </div>
      <footer class="sidebar-bottom">
        <TrackerPanel />
        <OwnRow />
      </footer>
    </nav>
  );
}
