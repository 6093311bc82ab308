import { useState } from 'preact/hooks';
import type { TextSize, ThemeChoice } from '../../app/theme.js';
import { useApp } from '../../app/use-app.js';
import { Choices } from './choices.js';
import { LanguageField } from './language-field.js';

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
