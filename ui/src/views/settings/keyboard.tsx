import { useApp } from '../../app/use-app.js';
import type { TextKey } from '../../text/translate.js';

export function Keyboard() {
  const { t } = useApp();
  const keys: readonly (readonly [string, TextKey])[] = [
    ['Enter', 'settings.key_send'],
    ['Shift Enter', 'settings.key_line'],
    ['Alt ↓ ↑', 'settings.key_next'],
    ['Page ↓ ↑', 'settings.key_scroll'],
    ['Escape', 'settings.key_newest'],
  ];
  return (
    <section class="group keyboard">
      <h2>{t('settings.keyboard')}</h2>
      <dl class="facts">
        {keys.map(([key, text]) => (
          <>
            <dt>
              {key.split(' ').map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
