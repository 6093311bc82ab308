import { Icon } from '../components/icon.js';
import { useEffect } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { HOME_CHANNEL } from '../limits.js';
import { formatRoute } from '../state/route.js';
import { whyAlone } from '../state/sidebar.js';
import { Bars } from './bars.js';
import { ChannelsView } from './channels-view.js';
import { ConversationPane, TimelineLink } from './conversation/conversation-pane.js';
import { FullView } from './files/full-view.js';
import { Finding } from './finding/finding.js';
import { hasAppleKeyboard, switcherKeys } from './finding/shortcuts.js';
import { SidePanel } from './channel/side-panel.js';
import { SearchView } from './finding/search-view.js';
import { InviteButton, InviteDialog } from './invite/invite-dialog.js';
import { LiveRegion } from './live-region.js';
import { useMessageWalk } from './message/walk-messages.js';
import { PageTitle } from './page-title.js';
import { PeopleView } from './people-view.js';
import { PersonDialog } from './person/person-dialog.js';
import { DropOverlay } from './sending/drop-overlay.js';
import { SettingsView } from './settings/settings-view.js';
import { Sidebar } from './sidebar/sidebar.js';
import { useKeyboard } from './use-keyboard.js';

/** Keep in step with the breakpoint in styles/shell.css. */
const WIDE = '(min-width: 721px)';

/** The signed-in window: the list, and beside it one view under a bar (on a phone: one of the two). */
export function Shell() {
  const app = useApp();
  const { t } = app;
  const route = useSelector((state) => state.route);
  useKeyboard();
  useMessageWalk();
  useEffect(() => {
    if (app.store.get().route.view !== 'home' || !window.matchMedia(WIDE).matches) return;
    app.navigate(formatRoute({ view: 'channel', channel: HOME_CHANNEL }), true);
  }, [app]);
  return (
    <div class="shell" data-pane={route.view === 'home' ? 'list' : 'view'}>
      <button class="skip" onClick={() => document.querySelector<HTMLElement>('[data-main]')?.focus()}>
        {t('app.skip')}
      </button>
      <div class="panes">
        <Sidebar />
        <div class="column">
          <Bars />
          <main class="pane" data-main tabIndex={-1}>
            <View />
          </main>
        </div>
        <SidePanel />
      </div>
      <DropOverlay />
      <Finding />
      <PersonDialog />
      <InviteDialog />
      <FullView />
      <LiveRegion />
      <PageTitle />
    </div>
  );
}

function View() {
  const route = useSelector((state) => state.route);
  switch (route.view) {
    case 'channel':
    case 'person':
      return <ConversationPane />;
    case 'message':
      return <TimelineLink />;
    case 'channels':
      return <ChannelsView />;
    case 'people':
      return <PeopleView />;
    case 'search':
      return <SearchView />;
    case 'settings':
      return <SettingsView />;
    case 'home':
      return <Welcome />;
  }
}

/** Beside the list, on wide windows, while nothing is chosen. */
function Welcome() {
  const { t } = useApp();
  const alone = useDaemon(whyAlone);
  const keys = switcherKeys(hasAppleKeyboard(navigator.platform)).open;
  return (
    <div class="empty">
      <span class="empty-tile">
        <Icon name="hash" />
      </span>
      <h1 class="empty-title">{t('conversation.choose')}</h1>
      <p>{t('start.choose_hint', { keys })}</p>
      {alone && <p>{t(`people.alone_${alone}`)}</p>}
      <InviteButton primary={alone !== undefined} />
    </div>
  );
}
