import { useEffect, useMemo } from 'preact/hooks';
import { createReader } from '../../app/conversations.js';
import { choosePerson } from '../../app/people.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { currentConversation, isLooking, isMet } from '../../state/attention.js';
import { Icon } from '../../components/icon.js';
import type { State } from '../../state/model.js';
import { closedState, conversationTitle, personOf } from '../../state/sidebar.js';
import { ChannelHeader } from '../channel/channel-header.js';
import { ClosedChannel } from '../channel/closed-channel.js';
import { JoinButton } from '../channel/join-button.js';
import { PersonHeader } from '../channel/person-header.js';
import { Composer } from '../composer/composer.js';
import { Timeline } from './timeline.js';
import { usePending } from './use-pending.js';

/** The conversation that the URL names: read and written here, or joined or opened first. */
export function ConversationPane() {
  const conversation = useSelector(currentConversation);
  const route = useSelector((state) => state.route);
  // Each by itself: with every message the daemon's state is another one, and all of this would be drawn anew.
  const known = useDaemon(
    ({ conversations }) => conversation !== undefined && conversations[conversation] !== undefined,
  );
  const blocked = useDaemon((daemon) => route.view === 'person' && personOf(daemon, route.username).blocked === true);
  const place = useDaemon((daemon) =>
    route.view === 'person' ? personOf(daemon, route.username).username : conversationTitle(daemon, conversation ?? ''),
  );
  const state = useDaemon((daemon) => closedState(daemon, conversation ?? ''));
  if (conversation === undefined) return null;
  if (blocked) return <Blocked username={place} conversation={conversation} />;
  return (
    <div class="conversation">
      <ConversationHeader conversation={conversation} place={place} known={known} />
      {known ? (
        <>
          <Timeline key={conversation} conversation={conversation} place={place} />
          <Reading key={`reading ${conversation}`} conversation={conversation} />
          <PendingStatus conversation={conversation} />
          {state === undefined ? (
            <Composer key={`composer ${conversation}`} conversation={conversation} place={place} />
          ) : (
            <ClosedChannel name={conversation.slice(1)} state={state} />
          )}
        </>
      ) : (
        <NotOpen conversation={conversation} place={place} state={state} />
      )}
    </div>
  );
}

interface ConversationHeaderProps {
  readonly conversation: string;
  readonly place: string;
  readonly known: boolean;
}

/** Drawn anew (by key) for each conversation, so that no dialog or menu of one stays open over another. */
function ConversationHeader({ conversation, place, known }: ConversationHeaderProps) {
  return conversation.startsWith('#') ? (
    <ChannelHeader key={conversation} conversation={conversation} known={known} />
  ) : (
    <PersonHeader key={conversation} conversation={conversation} username={place} known={known} />
  );
}

/**
 * Tells the daemon that all has been seen: the newest message is on the screen, and all before it was. Else: use-reading.ts. It draws
 * nothing, and stands by itself since the number changes with each message.
 */
function Reading({ conversation }: { conversation: string }) {
  const app = useApp();
  const unread = useSelector((state) => state.daemon?.conversations[conversation]?.unread ?? 0);
  const seen = useSelector((state) => isLooking(state) && state.following);
  const met = useSelector((state) => isMet(state, conversation));
  const loaded = useSelector((state) => hasNewest(state, conversation));
  const kept = useSelector((state) => state.keptUnread === conversation);
  const reader = useMemo(() => createReader(app, conversation), [app, conversation]);
  useEffect(() => {
    // The store, not the last drawing: the timeline may have found just now that it does not stand at its end.
    const state = app.store.get();
    const looking = seen && isLooking(state) && state.following && !kept;
    const isAll = unread > 0 && loaded && met && isMet(state, conversation);
    if (isAll && looking) reader.read();
  }, [app, conversation, unread, seen, loaded, kept, met, reader]);
  useEffect(() => {
    window.addEventListener('pagehide', reader.leave);
    return () => window.removeEventListener('pagehide', reader.leave);
  }, [reader]);
  return null;
}

function hasNewest(state: State, conversation: string): boolean {
  const timeline = state.timelines[conversation];
  return timeline?.loaded === true && !timeline.newer;
}

/** Tells those who do not see the row that the newest own message waits, and why. */
function PendingStatus({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const pending = usePending(conversation);
  return (
    <p class="visually-hidden" role="status">
      {pending && `${t('pending.intro')} ${pending.text}`}
    </p>
  );
}

interface NotOpenProps {
  readonly conversation: string;
  readonly place: string;
  /** Of a channel that nobody joins any more. */
  readonly state: 'archived' | 'deleted' | undefined;
}

function NotOpen({ conversation, place, state }: NotOpenProps) {
  const { t } = useApp();
  if (!conversation.startsWith('#')) {
    return <Opening username={place} />;
  }
  const title = place.slice(1);
  return (
    <div class="empty">
      <span class="empty-tile">
        <Icon name="hash" />
      </span>
      <p class="empty-title">{t('channel.not_joined_title', { name: title })}</p>
      {state === undefined ? (
        <>
          <p>{t('channel.not_joined')}</p>
          <JoinButton name={conversation.slice(1)} label={t('channel.join_named', { name: title })} />
        </>
      ) : (
        <p>{t(`channels.${state}_join`)}</p>
      )}
    </div>
  );
}

/** Nothing is read or written here until they are unblocked. */
function Blocked({ username, conversation }: { username: string; conversation: string }) {
  const app = useApp();
  const { t } = app;
  return (
    <div class="conversation">
      <ConversationHeader conversation={conversation} place={username} known={false} />
      <div class="empty">
        <p class="empty-title">{t('people.blocked_title', { username })}</p>
        <p>{t('people.blocked_note')}</p>
        <button class="button" onClick={() => void choosePerson(app, username, { blocked: false })}>
          {t('people.unblock')}
        </button>
      </div>
    </div>
  );
}

function Opening({ username }: { username: string }) {
  const { t } = useApp();
  const failure = useSelector((state) => state.openFailure);
  if (failure === undefined) return <p class="empty">{t('conversation.opening', { username })}</p>;
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{t('conversation.open_failed', { username })}</p>
      <p>{failure}</p>
      <a class="button" href="#/people">
        {t('sidebar.all_people')}
      </a>
    </div>
  );
}

/** A link to a message was opened, and it is not known yet, or cannot be, where that stands. */
export function TimelineLink() {
  const { t, navigate } = useApp();
  const failure = useSelector((state) => state.openFailure);
  if (failure === undefined) return <p class="empty">{t('timeline.link_opening')}</p>;
  return (
    <div class="empty timeline-link" role="alert">
      <p class="empty-title">{t('timeline.link_failed')}</p>
      <p>{failure}</p>
      <button class="button" onClick={() => (history.length > 1 ? history.back() : navigate('#/', true))}>
        {t('timeline.link_back')}
      </button>
    </div>
  );
}
