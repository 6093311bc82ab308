import { useApp } from '../../app/use-app.js';
import type { TextKey } from '../../text/translate.js';
import { narrowed } from './ranking.js';
import { hasAppleKeyboard, switcherKeys } from './shortcuts.js';

interface SwitcherFootProps {
  readonly query: string;
  /** How many places and messages are listed. */
  readonly found: number;
}

/** Below the list: what to do where nothing was found, and which keys help. */
export function SwitcherFoot({ query, found }: SwitcherFootProps) {
  const { t } = useApp();
  const { only } = narrowed(query);
  const none: TextKey =
    only === 'people'
      ? 'finding.switcher_none_person'
      : only === 'channels'
        ? 'finding.switcher_none_channel'
        : 'finding.switcher_none';
  const { mod, enter } = switcherKeys(hasAppleKeyboard(navigator.platform));
  return (
    <>
      <p class={found === 0 ? 'switcher-none' : 'visually-hidden'} role="status">
        {found === 0 ? t(none) : t('finding.switcher_count', { count: found })}
      </p>
      <p class="switcher-hints">
        <span>
          <kbd>{enter}</kbd> {t('finding.switcher_hint_go')}
        </span>
        <span>
          <kbd>{mod}</kbd>
          <kbd>{enter}</kbd> {t('finding.switcher_hint_search')}
        </span>
        <span>{t('finding.switcher_hint_only')}</span>
      </p>
    </>
  );
}
