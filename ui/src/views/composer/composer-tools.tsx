import { useApp } from '../../app/use-app.js';
import { EmojiButton } from '../../components/emoji/emoji-button.js';
import { Icon } from '../../components/icon.js';
import type { Voice } from '../sending/use-voice.js';
import { VoiceButton } from '../sending/voice-bar.js';

interface ComposerToolsProps {
  /** The bar with the formats. */
  readonly bar: string;
  readonly formatting: boolean;
  readonly editing: boolean;
  readonly disabled: boolean;
  /** Who alone would see it, written in another conversation. */
  readonly alone?: string | undefined;
  /** In place of the button that sends, where there is nothing to send. */
  readonly voice?: Voice | undefined;
  onFormatting(): void;
  onEmoji(emoji: string): void;
}

/** Beside the text. */
export function ComposerTools({
  bar,
  formatting,
  editing,
  disabled,
  alone,
  voice,
  onFormatting,
  onEmoji,
}: ComposerToolsProps) {
  const { t } = useApp();
  const send = editing
    ? t('composer.edit_save')
    : alone === undefined
      ? t('composer.send')
      : t('composer.send_alone', { username: alone });
  return (
    <>
      <button
        type="button"
        class="icon-button composer-format"
        aria-label={t('composer.formatting')}
        title={t('composer.formatting')}
        aria-expanded={formatting}
        aria-controls={formatting ? bar : undefined}
        onMouseDown={(event) => event.preventDefault()}
        onClick={onFormatting}
      >
        <Icon name="format" />
      </button>
      <EmojiButton label={t('composer.emoji')} onPick={onEmoji} />
      {voice ? (
        <VoiceButton voice={voice} />
      ) : alone !== undefined ? (
        <button class="button button-private composer-alone" title={send} disabled={disabled}>
          <Icon name="lock" small />
          <span class="composer-alone-text">{send}</span>
        </button>
      ) : (
        <button class="icon-button composer-send" aria-label={send} title={send} disabled={disabled}>
          <Icon name={editing ? 'check' : 'send'} />
        </button>
      )}
    </>
  );
}
