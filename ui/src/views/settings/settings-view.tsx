import { signOut } from '../../app/session.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { PaneHeader } from '../pane-header.js';
import { TrackerPanel } from '../sidebar/tracker-panel.js';
import { Appearance } from './appearance.js';
import { Devices } from './devices.js';
import { Keyboard } from './keyboard.js';

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
        <Devices />
        <Keyboard />
      </div>
    </div>
  );
}
