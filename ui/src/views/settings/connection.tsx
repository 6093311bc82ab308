import { useMemo } from 'preact/hooks';
import type { MappingView, PersonView } from '../../../../protocol/local-api.js';
import { pathText, reasonText } from '../../app/daemon-texts.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useDaemonAway } from '../../components/daemon-away.js';
import { linksOf } from '../../state/links.js';
import { whyAlone } from '../../state/sidebar.js';
import { InviteButton } from '../invite/invite-dialog.js';
import { Doctor } from './doctor.js';
import { TrackerPanel } from '../sidebar/tracker-panel.js';

/** What a daemon says that listens at every address of its machine: nobody can dial these. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

/** Who can be reached from here, by which way, and why not. */
export function Connection() {
  const { t } = useApp();
  const me = useDaemon((daemon) => daemon.me);
  const p2p = useDaemon((daemon) => daemon.p2p);
  const reach = useDaemon((daemon) => daemon.reach);
  const tracker = useDaemon((daemon) => daemon.tracker);
  const hidden = useDaemon((daemon) => daemon.preferences.relayOnly === true);
  return (
    <>
      <section class="group" aria-labelledby="connection-tracker">
        <h2 id="connection-tracker">{t('tracker.label')}</h2>
        <TrackerPanel whole />
        <dl class="facts">
          <dt>{t('settings.tracker_address')}</dt>
          <dd>
            <code dir="ltr">{tracker.url}</code>
          </dd>
        </dl>
        <InviteButton />
      </section>
      <section class="group" aria-labelledby="connection-peer">
        <h2 id="connection-peer">{t('settings.this_peer')}</h2>
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
            {EVERYWHERE.has(p2p.host) ? (
              t('settings.p2p_everywhere', { port: String(p2p.port) })
            ) : (
              <code dir="ltr">
                {p2p.host.includes(':') ? `[${p2p.host}]` : p2p.host}:{p2p.port}
              </code>
            )}
          </dd>
          <dt>{t('connection.reach_label')}</dt>
          <dd>{t(`connection.reach_${hidden ? 'hidden' : (reach.reach ?? 'unknown')}`)}</dd>
          {reach.host !== undefined && (
            <>
              <dt>{t('connection.reach_seen_at')}</dt>
              <dd>
                <code dir="ltr">{reach.host}</code>
              </dd>
            </>
          )}
          {reach.mapping && (
            <>
              <dt>{t('connection.mapping_label')}</dt>
              <dd>
                <Mapping {...reach.mapping} />
              </dd>
            </>
          )}
        </dl>
      </section>
      <Doctor />
      <LinkList />
    </>
  );
}

/** Whether the router lets others in, and by which address. */
function Mapping({ state, by, host, port, behindAnother }: MappingView) {
  const { t } = useApp();
  if (state !== 'mapped') return <>{t(`connection.mapping_${behindAnother === true ? 'behind' : state}`)}</>;
  const text = t(behindAnother === true ? 'connection.mapping_behind' : 'connection.mapping_mapped', {
    by: by === 'upnp' ? 'UPnP' : 'NAT-PMP',
  });
  return (
    <>
      {text}{' '}
      <code dir="ltr">
        {host === undefined ? '' : `${host}:`}
        {port}
      </code>
    </>
  );
}

const SHOWN_MAX = 60;

export function LinkList() {
  const { t } = useApp();
  const people = useDaemon((daemon) => daemon.people);
  const alone = useDaemon(whyAlone);
  const away = useDaemonAway();
  const { shown, linked, relayed, offline } = useMemo(() => linksOf(Object.values(people), SHOWN_MAX), [people]);
  // What it told of links is over.
  if (away) return null;
  return (
    <section class="group" aria-labelledby="connection-links">
      <h2 id="connection-links">{t('settings.links')}</h2>
      <p class="field-hint">
        {alone ? t(`people.alone_${alone}`) : t('settings.linked', { count: linked })}
        {linked > 0 && (
          <>
            {': '}
            {t('connection.reach_direct', { count: linked - relayed })},{' '}
            {t('connection.reach_relayed', { count: relayed })}
          </>
        )}
      </p>
      <ul class="devices">
        {shown.map((person) => (
          <Link key={person.username} person={person} />
        ))}
      </ul>
      {offline > 0 && <p class="field-hint">{t('settings.links_more', { count: offline })}</p>}
    </section>
  );
}

function Link({ person }: { person: PersonView }) {
  const { t } = useApp();
  const { username, link } = person;
  const about = reasonText(t, person) ?? pathText(t, person);
  return (
    <li class="device">
      <div class="entry-text">
        <span class="device-name">
          <bdi>{username}</bdi>
          <span class={link === 'linked' ? 'tag' : 'tag tag-quiet'}>
            {t(`settings.link_${link === 'self' ? 'linked' : link}`)}
          </span>
        </span>
        {about !== undefined && <span class="entry-about">{about}</span>}
      </div>
    </li>
  );
}
