import { useState } from 'preact/hooks';
import { showPerson } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { BROADCAST, PERMANENT_CHANNELS } from '../../limits.js';
import { directName } from '../../state/route.js';
import { channelTitle } from '../../state/sidebar.js';
import { AutoFetchRules } from '../files/auto-fetch-rules.js';
import { NotifyRules } from '../notifications/notify-rules.js';
import { ConversationRetention } from '../settings/retention.js';
import { LeaveDialog, TopicDialog } from './channel-dialogs.js';
import { TopicText } from './channel-badges.js';

export function AboutTab({ conversation }: { conversation: string }) {
  const channel = conversation.startsWith('#');
  const notes = useDaemon(
    ({ me }) => !channel && directName(conversation, me.username).toLowerCase() === me.username.toLowerCase(),
  );
  return (
    <div class="panel-about">
      {channel ? <AboutChannel name={conversation.slice(1)} /> : <AboutPerson conversation={conversation} />}
      <NotifyRules conversation={conversation} />
      <AutoFetchRules conversation={conversation} />
      {!notes && <ConversationRetention conversation={conversation} />}
      {channel && <Leaving name={conversation.slice(1)} />}
    </div>
  );
}

function AboutChannel({ name }: { name: string }) {
  const app = useApp();
  const { t, formats } = app;
  const topic = useDaemon((daemon) => daemon.channels[name]?.topic ?? '');
  const members = useDaemon(({ channels }) =>
    channels[name]?.state === 'deleted' ? undefined : channels[name]?.members,
  );
  const title = useDaemon((daemon) => channelTitle(daemon, name));
  const isClosed = useDaemon((daemon) => daemon.channels[name]?.state !== undefined);
  const latest = useDaemon((daemon) => daemon.conversations[`#${name}`]?.latest?.time);
  const [editing, setEditing] = useState(false);
  return (
    <>
      {`#${name}` === BROADCAST && <p>{t('channels.broadcast_about')}</p>}
      <section>
        <h2 class="panel-title">{t('channels.topic')}</h2>
        <p class="panel-topic">{topic === '' ? t('channels.topic_none') : <TopicText topic={topic} />}</p>
        {!isClosed && (
          <button class="button button-small" onClick={() => setEditing(true)}>
            {t('channels.topic_change')}
          </button>
        )}
      </section>
      <dl class="facts">
        {members !== undefined && (
          <>
            <dt>{t('channels.members')}</dt>
            <dd>{t('channel.members', { count: members })}</dd>
          </>
        )}
        {title !== name && (
          <>
            <dt>{t('channels.former_name')}</dt>
            <dd>
              <bdi>#{name}</bdi>
            </dd>
          </>
        )}
        {latest !== undefined && (
          <>
            <dt>{t('channels.activity')}</dt>
            <dd>{formats.ago(latest, app.now())}</dd>
          </>
        )}
      </dl>
      {editing && <TopicDialog channel={name} topic={topic} onClose={() => setEditing(false)} />}
    </>
  );
}

function AboutPerson({ conversation }: { conversation: string }) {
  const app = useApp();
  const { t } = app;
  const person = useDaemon((daemon) => daemon.people[directName(conversation, daemon.me.username).toLowerCase()]);
  const self = useDaemon((daemon) => daemon.me.username);
  const { username } = person ?? { username: directName(conversation, self) };
  if (person?.link === 'self' || username.toLowerCase() === self.toLowerCase())
    return <p>{t('channels.notes_about')}</p>;
  return (
    <section>
      <p>{t('channels.direct_about', { username })}</p>
      <button class="button button-small" aria-haspopup="dialog" onClick={() => showPerson(app, username)}>
        {t('trust.open', { username })}
      </button>
    </section>
  );
}

/** The way out, or why there is none. */
function Leaving({ name }: { name: string }) {
  const { t } = useApp();
  const [asking, setAsking] = useState(false);
  const title = useDaemon((daemon) => channelTitle(daemon, name));
  if (PERMANENT_CHANNELS.includes(name)) return <p class="field-hint">{t('channels.permanent', { name })}</p>;
  return (
    <>
      <button class="button button-small" onClick={() => setAsking(true)}>
        {t('channel.leave', { name: title })}
      </button>
      {asking && <LeaveDialog name={name} onClose={() => setAsking(false)} />}
    </>
  );
}
