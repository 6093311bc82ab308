import { useId } from 'preact/hooks';
import type { PreferencesView } from '../../../../protocol/local-api.js';
import { setPreferences } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';

const CHOICES: readonly PreferencesView['presence'][] = ['auto', 'away', 'busy'];

export function PresenceChoice() {
  const app = useApp();
  const { t } = app;
  const chosen = useDaemon((daemon) => daemon.preferences.presence);
  const group = useId();
  return (
    <fieldset class="own-group">
      <legend>{t('people.presence')}</legend>
      {CHOICES.map((choice) => (
        <label key={choice} class="menu-row">
          <input
            type="radio"
            name={group}
            checked={choice === chosen}
            onChange={() => void setPreferences(app, { presence: choice })}
          />
          <span>
            {t(`people.presence_${choice}`)}
            {choice === 'auto' && <span class="own-hint">{t('people.presence_auto_hint')}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
