import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { Logo } from '../../components/logo.js';
import { ChannelList } from './channel-list.js';
import { OwnRow } from './own-row.js';
import { PeopleLists } from './people-lists.js';
import { TrackerPanel } from './tracker-panel.js';
import { showOverlay } from '../../app/finding.js';
import { hasAppleKeyboard, switcherKeys } from '../finding/shortcuts.js';

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
        <OwnRow />
        <TrackerPanel />
      </footer>
    </nav>
  );
}

/** Looks like a field, since that is what it opens. */
export function SwitcherButton() {
  const app = useApp();
  const { t } = app;
  const apple = hasAppleKeyboard(navigator.platform);
  return (
    <button
      class="switcher-button"
      aria-haspopup="dialog"
      aria-keyshortcuts={apple ? 'Meta+K' : 'Control+K'}
      onClick={() => showOverlay(app, 'switcher')}
    >
      <Icon name="search" small />
      <span class="switcher-button-text">{t('finding.switcher_open')}</span>
      <kbd aria-hidden="true">{switcherKeys(apple).open}</kbd>
    </button>
  );
}
