import { useApp } from '../../app/use-app.js';
import { Icon, type IconName } from '../../components/icon.js';
import type { TextKey } from '../../text/translate.js';
import type { Format } from './formatting.js';
import { MODIFIER } from './use-keys.js';

interface FormatBarProps {
  readonly id: string;
  onFormat(format: Format): void;
}

const formats: readonly (readonly [Format, IconName, TextKey, string?])[] = [
  ['bold', 'bold', 'composer.bold', 'B'],
  ['italic', 'italic', 'composer.italic', 'I'],
  ['strike', 'strike', 'composer.strike', 'Shift+X'],
  ['code', 'code', 'composer.code', 'E'],
  ['code_block', 'codeBlock', 'composer.format_code_block'],
  ['quote', 'quote', 'composer.format_quote'],
  ['list', 'list', 'composer.format_list'],
  ['link', 'link', 'composer.format_link'],
];

/** What Markdown can do here, for those who do not know it by heart; with the keys, for those who want to. */
export function FormatBar({ id, onFormat }: FormatBarProps) {
  const { t } = useApp();
  return (
    <div id={id} class="format-bar" role="group" aria-label={t('composer.formatting')}>
      {formats.map(([format, icon, key, letter]) => {
        const label = t(key);
        return (
          <button
            key={format}
            type="button"
            class="icon-button"
            aria-label={label}
            title={letter ? `${label} (${MODIFIER}+${letter})` : label}
            // The selection in the text is what it is about.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onFormat(format)}
          >
            <Icon name={icon} small />
          </button>
        );
      })}
    </div>
  );
}
