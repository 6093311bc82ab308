import { Fragment } from 'preact';
import { useApp } from '../../app/use-app.js';
import { hasAppleKeyboard, shortcutGroups } from './shortcuts.js';

/** Every key that does something, by where it does it. `heading`: the level at which the headings stand. */
export function ShortcutsTable({ heading: Heading }: { heading: 'h2' | 'h3' }) {
  const { t } = useApp();
  return (
    <div class="shortcuts">
      {shortcutGroups(hasAppleKeyboard(navigator.platform)).map(({ title, shortcuts }) => (
        <section key={title}>
          <Heading class="shortcuts-title">{t(title)}</Heading>
          <dl class="shortcuts-list">
            {shortcuts.map(({ ways, text }) => (
              <div key={text} class="shortcut">
                <dt dir="ltr">
                  {ways.map((keys, i) => (
                    <Fragment key={keys.join(' ')}>
                      {i > 0 && <span class="shortcut-or"> {t('finding.keys_or')} </span>}
                      {keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </Fragment>
                  ))}
                </dt>
                <dd>{t(text)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
