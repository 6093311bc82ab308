import { useState } from 'preact/hooks';
import type { LanguageChoice } from '../../app/language.js';
import { useApp } from '../../app/use-app.js';
import { languageNames, languages } from '../../text/catalogues.js';

/** Each language in its own words, so that whoever landed in a foreign one finds home. */
export function LanguageField() {
  const { t, language } = useApp();
  const [choice, setChoice] = useState(language.choice);
  const [failed, setFailed] = useState(false);
  const choose = async (chosen: LanguageChoice): Promise<void> => {
    setChoice(chosen);
    try {
      await language.choose(chosen);
      setFailed(false);
    } catch {
      setFailed(true);
      setChoice(language.choice);
    }
  };
  const system = t('settings.language_system', { language: languageNames[language.resolve('system')] });
  return (
    <div class="field">
      <label for="language">{t('settings.language')}</label>
      <select
        id="language"
        class="input select"
        value={choice}
        onChange={(event) => {
          const chosen = languages.find((code) => code === event.currentTarget.value);
          void choose(chosen ?? 'system');
        }}
      >
        <option value="system">{system}</option>
        {languages.map((code) => (
          <option key={code} value={code} lang={code}>
            {languageNames[code]}
          </option>
        ))}
      </select>
      <p class="field-error" role="alert">
        {failed && t('settings.language_failed')}
      </p>
    </div>
  );
}
