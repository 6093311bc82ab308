import { useApp, useDaemon } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { Icon } from '../../components/icon.js';
import { Logo } from '../../components/logo.js';
import { SwitcherButton } from '../finding/switcher-button.js';
import { ChannelList } from './channel-list.js';
import { PeopleLists } from './people-lists.js';
import { TrackerPanel } from './tracker-panel.js';

export function Sidebar() {
  const { t } = useApp();
  const { username } = useDaemon((daemon) => daemon.me);
  return (
    <nav class="sidebar" aria-label={t('sidebar.label')}>
      <header class="sidebar-top">
        <Logo />
        <a
          class="own"
          href="#/settings"
          aria-label={t('sidebar.settings', { username })}
          title={t('sidebar.settings', { username })}
        >
          <span class="own-name">{username}</span>
          <Avatar name={username} small />
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
      </footer>
    </nav>
  );
}
