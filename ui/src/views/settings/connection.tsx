import { useApp, useDaemon } from '../../app/use-app.js';
import { InviteButton } from '../invite/invite-dialog.js';
import { TrackerPanel } from '../sidebar/tracker-panel.js';
import { LinkList } from './settings-view.js';

/** Who can be reached from here, by which way, and why not. */
export function Connection() {
  const { t } = useApp();
  const me = useDaemon((daemon) => daemon.me);
  const p2p = useDaemon((daemon) => daemon.p2p);
  const tracker = useDaemon((daemon) => daemon.tracker);
  return (
    <>
      <section class="group" aria-labelledby="connection-tracker">
        <h2 id="connection-tracker">{t('tracker.label')}</h2>
        <TrackerPanel />
        <dl class="facts">
          <dt>{t('settings.tracker_address')}</dt>
          <dd>
            <code dir="ltr">{tracker.url}</code>
          </dd>
        </dl>
        <InviteButton />
      </section>
      <section class="group" aria-labelledby="connection-peer">
        <h2 id="connection-peer">{t('settings.account')}</h2>
        <dl class="facts">
          <dt>{t('settings.username')}</dt>
          <dd>
            <bdi>{me.username}</bdi>
          </dd>
          <dt>{t('settings.device')}</dt>
          <dd>
            <code dir="ltr">{me.device}</code>
          </dd>
          <dt>{t('settings.p2p')}</dt>
          <dd>
            <code dir="ltr">
              {p2p.host}:{p2p.port}
            </code>
          </dd>
        </dl>
      </section>
      <LinkList />
    </>
  );
}
