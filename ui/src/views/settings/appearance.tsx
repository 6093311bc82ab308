import { useState, useId } from 'preact/hooks';
import type { TextSize, ThemeChoice } from '../../app/theme.js';
import { useApp } from '../../app/use-app.js';
import type { LanguageChoice } from '../../app/language.js';
import { languageNames, languages } from '../../text/catalogues.js';

const themes: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const sizes: readonly TextSize[] = ['small', 'medium', 'large'];

export function Appearance() {
  const { t, theme } = useApp();
  const [choice, setChoice] = useState(theme.choice);
  const [size, setSize] = useState(theme.size);
  return (
    <section class="group" aria-labelledby="appearance">
      <h2 id="appearance">{t('settings.appearance')}</h2>
      <Choices
        legend={t('settings.theme')}
        values={themes.map((each) => [each, t(`settings.theme_${each}`)])}
        chosen={choice}
        onChoose={(chosen) => {
          theme.apply(chosen);
          setChoice(chosen);
        }}
      />
      <Choices
        legend={t('settings.size')}
        values={sizes.map((each) => [each, t(`settings.size_${each}`)])}
        chosen={size}
        onChoose={(chosen) => {
          theme.resize(chosen);
          setSize(chosen);
        }}
      />
      <LanguageField />
      <p class="field-hint">{t('settings.kept_here')}</p>
    </section>
  );
}

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly values: readonly (readonly [value: Value, label: string])[];
  readonly chosen: Value;
  onChoose(value: Value): void;
}

/** One of a few, all of them in sight. */
export function Choices<Value extends string>({ legend, values, chosen, onChoose }: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {values.map(([value, label]) => (
        <label key={value} class="choice">
          <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

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
