import { useId, useState } from 'preact/hooks';
import type { PreferencesView } from '../../../../protocol/local-api.js';
import { setPreferences } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';

const CHOICES: readonly PreferencesView['presence'][] = ['auto', 'away', 'busy'];

export function PresenceChoice() {
  const app = useApp();
  const { t } = app;
  const chosen = useDaemon((daemon) => daemon.preferences.presence);
  // What was pressed stands at once; the daemon's answer is what stays.
  const [asked, setAsked] = useState<PreferencesView['presence']>();
  const group = useId();
  const choose = async (presence: PreferencesView['presence']): Promise<void> => {
    setAsked(presence);
    await setPreferences(app, { presence });
    setAsked(undefined);
  };
  return (
    <fieldset class="own-group">
      <legend>{t('people.presence')}</legend>
      {CHOICES.map((choice) => (
        <label key={choice} class="menu-row">
          <input
            type="radio"
            name={group}
            checked={choice === (asked ?? chosen)}
            onChange={() => void choose(choice)}
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
