import { useState } from 'preact/hooks';
import type { ThemeChoice } from '../../app/theme.js';
import { useApp } from '../../app/use-app.js';

export function Appearance() {
  const { t, theme } = useApp();
  const [choice, setChoice] = useState(theme.choice);
  const choices: readonly ThemeChoice[] = ['system', 'light', 'dark'];
  return (
    <fieldset class="group choices">
      <legend>{t('settings.appearance')}</legend>
      {choices.map((each) => (
        <label key={each} class="choice">
          <input
            type="radio"
            name="theme"
            checked={choice === each}
            onChange={() => {
              theme.apply(each);
              setChoice(each);
            }}
          />
          {t(`settings.theme_${each}`)}
        </label>
      ))}
    </fieldset>
  );
}
