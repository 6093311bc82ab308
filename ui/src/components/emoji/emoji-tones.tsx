import { useId } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { TONES, withTone, type Tone } from '../../text/emoji-tone.js';

/** The skin tone of all emoji that have one. */
export function EmojiTones({ tone, onChoose }: { readonly tone: Tone; onChoose(tone: Tone): void }) {
  const { t } = useApp();
  const name = useId();
  return (
    <fieldset class="emoji-tones">
      <legend class="visually-hidden">{t('composer.emoji_tone')}</legend>
      {TONES.map((each) => (
        <label key={each} class="emoji-tone" title={t(`composer.emoji_tone_${each}`)}>
          <input
            class="visually-hidden"
            type="radio"
            name={name}
            checked={each === tone}
            aria-label={t(`composer.emoji_tone_${each}`)}
            onChange={() => onChoose(each)}
          />
          <span aria-hidden="true">{withTone('✋', each)}</span>
        </label>
      ))}
    </fieldset>
  );
}
