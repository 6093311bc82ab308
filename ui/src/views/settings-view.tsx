import { useState } from 'preact/hooks';
import { signOut } from '../app/session.js';
import type { ThemeChoice } from '../app/theme.js';
import { useApp, useDaemon } from '../app/use-app.js';
import type { TextKey } from '../text/translate.js';
import { PaneHeader } from './pane-header.js';
import { TrackerPanel } from './sidebar/tracker-panel.js';

export function SettingsView() {
  const app = useApp();
  const { t } = app;
  const { me, p2p } = useDaemon((daemon) => daemon);
  return (
    <div class="page">
      <PaneHeader title={t('settings.title')} />
      <div class="page-body">
        <Appearance />
        <section class="group">
          <h2>{t('settings.account')}</h2>
          <dl class="facts">
            <dt>{t('settings.username')}</dt>
            <dd>{me.username}</dd>
            <dt>{t('settings.device')}</dt>
            <dd>
              <code>{me.device}</code>
            </dd>
            <dt>{t('settings.p2p')}</dt>
            <dd>
              <code>
                {p2p.host}:{p2p.port}
              </code>
            </dd>
            <dt>{t('tracker.label')}</dt>
            <dd>
              <TrackerPanel />
            </dd>
          </dl>
          <button class="button" onClick={() => void signOut(app)}>
            {t('settings.sign_out')}
          </button>
          <p class="field-hint">{t('settings.sign_out_hint')}</p>
        </section>
        <Keyboard />
      </div>
    </div>
  );
}

function Appearance() {
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

function Keyboard() {
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
