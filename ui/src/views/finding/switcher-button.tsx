import { showOverlay } from '../../app/finding.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { hasAppleKeyboard, switcherKeys } from './shortcuts.js';

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
