import type { FunctionComponent } from 'preact';
import { useApp, useSelector } from '../../app/use-app.js';
import { Icon, type IconName } from '../../components/icon.js';
import { formatRoute, settingsSections, type SettingsSection } from '../../state/route.js';
import { hasFinePointer } from '../../components/hooks.js';
import { MODIFIER, useSendKey } from '../composer/use-keys.js';
import { NotificationSettings } from '../notifications/notification-settings.js';
import { NotifyPreferences } from '../notifications/notify-preferences.js';
import { PaneHeader } from '../pane-header.js';
import { ChangePassword, ExportData, SignOutEverywhere } from './account.js';
import { Appearance } from './appearance.js';
import { Connection } from './connection.js';
import { Devices } from './devices.js';
import { Hooks } from './hooks.js';
import { FileChoices } from './file-choices.js';
import { Privacy } from './privacy.js';
import { RetentionSettings } from './retention.js';
import { Toggle } from './toggle.js';
import { Storage } from './storage.js';
import { Logo } from '../../components/logo.js';
import { ShortcutsTable } from '../finding/shortcuts.js';
import { signOut } from '../../app/session.js';

const sections: Readonly<Record<SettingsSection, { icon: IconName; parts: readonly FunctionComponent[] }>> = {
  appearance: { icon: 'contrast', parts: [Appearance] },
  notifications: { icon: 'bell', parts: [NotifyPreferences, NotificationSettings] },
  privacy: { icon: 'lock', parts: [Privacy, RetentionSettings] },
  files: { icon: 'storage', parts: [FileChoices, Storage] },
  account: { icon: 'key', parts: [ChangePassword, ExportData, SignOutEverywhere] },
  devices: { icon: 'laptop', parts: [Session, Devices] },
  hooks: { icon: 'link', parts: [Hooks] },
  connection: { icon: 'connected', parts: [Connection] },
  keyboard: { icon: 'keyboard', parts: [Keyboard] },
  about: { icon: 'info', parts: [About] },
};

/** Beside the list of sections one of them; on a phone one of the two. */
export function SettingsView() {
  const { t } = useApp();
  const chosen = useSelector(({ route }) => (route.view === 'settings' ? route.section : undefined));
  const section = chosen ?? settingsSections[0];
  const back = chosen && { href: formatRoute({ view: 'settings' }), label: t('settings.title') };
  return (
    <div class="page settings" data-chosen={chosen !== undefined}>
      <PaneHeader title={t('settings.title')} back={back} />
      <div class="settings-panes">
        <nav class="settings-nav" aria-label={t('settings.sections')}>
          <ul>
            {settingsSections.map((each) => (
              <li key={each}>
                <a
                  class="settings-link"
                  data-section={each}
                  href={formatRoute({ view: 'settings', section: each })}
                  aria-current={each === section ? 'page' : undefined}
                >
                  <Icon name={sections[each].icon} />
                  {t(`settings.${each}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {/* Some sections hold nothing that takes the focus, and are longer than the window all the same. */}
        <div key={section} class="page-body" role="group" aria-label={t(`settings.${section}`)} tabIndex={0}>
          {sections[section].parts.map((Part, i) => (
            <Part key={i} />
          ))}
        </div>
      </div>
    </div>
  );
}

export function About() {
  const { t } = useApp();
  return (
    <section class="group" aria-labelledby="about">
      <h2 id="about">{t('settings.about')}</h2>
      <Logo />
      <p>{t('settings.about_what')}</p>
      <dl class="facts">
        <dt>{t('settings.version')}</dt>
        <dd dir="ltr">{__VERSION__}</dd>
        <dt>{t('settings.licence')}</dt>
        <dd>
          <a href="./licences.txt" target="_blank" rel="noopener noreferrer">
            {t('settings.licences')}
          </a>
        </dd>
      </dl>
    </section>
  );
}

export function Keyboard() {
  const { t } = useApp();
  const [sendKey, setSendKey] = useSendKey();
  return (
    <section class="group keyboard">
      <h2>{t('settings.keyboard')}</h2>
      {hasFinePointer() && (
        <Toggle
          label={t('composer.enter_sends')}
          hint={t(sendKey === 'enter' ? 'composer.hint' : 'composer.hint_modifier', { key: MODIFIER })}
          on={sendKey === 'enter'}
          onSet={async (on) => setSendKey(on ? 'enter' : 'modifier')}
        />
      )}
      <ShortcutsTable heading="h3" />
    </section>
  );
}

export function Session() {
  const app = useApp();
  const { t } = app;
  return (
    <section class="group" aria-labelledby="session">
      <h2 id="session">{t('settings.session')}</h2>
      <button class="button" onClick={() => void signOut(app)}>
        {t('settings.sign_out')}
      </button>
      <p class="field-hint">{t('settings.sign_out_hint')}</p>
    </section>
  );
}
