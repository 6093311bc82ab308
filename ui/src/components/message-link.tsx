import type { ComponentChildren } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { usePersonName } from '../app/people.js';
import { useApp, useSelector } from '../app/use-app.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { conversationRoute } from '../state/route.js';
import type { LinkedMessage } from '../text/message-link.js';
import { Icon } from './icon.js';
import { MessageLine } from './message-line.js';

interface MessageLinkProps {
  readonly linked: LinkedMessage;
  /** What the writer called it; absent where the address itself stands there. */
  readonly label?: ComponentChildren;
  /** How it is drawn where it turns out to be no message of here. */
  readonly otherwise: ComponentChildren;
}

/** A link to a message tells which one, and leads there in this window: the address in it may be one of the writer's machine. */
export function MessageLink({ linked: { entry, sure }, label, otherwise }: MessageLinkProps) {
  const { t, linkedEntries } = useApp();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const known = useSelector((state) => linkedEntries.known(state, entry));
  const live = useSelector((state) => state.connection.phase === 'live');
  useEffect(() => {
    if (typeof known === 'object' || !live) return undefined;
    let gone = false;
    void linkedEntries.look(entry).then(() => !gone && redraw(undefined));
    return () => {
      gone = true;
    };
  }, [linkedEntries, entry, known, live]);
  if (typeof known !== 'object' && !sure) return <>{otherwise}</>;
  return (
    <a class="message-link" href={`#/m/${entry}`} dir="auto">
      <Icon name="link" small />
      {label ??
        (typeof known === 'object' ? <Told entry={known} /> : t(known ? 'message.link_missing' : 'message.link_to'))}
    </a>
  );
}

function Told({ entry }: { readonly entry: EntryView }) {
  const { t } = useApp();
  const self = useSelector((state) => state.daemon?.me.username ?? '');
  const route = conversationRoute(entry.conversation, self);
  const other = usePersonName(route.view === 'person' ? route.username : '');
  const name = usePersonName(entry.from);
  const place = route.view === 'person' ? other : entry.conversation;
  return (
    <>
      <bdi class="message-link-place">{t('message.link_place', { place, name })}</bdi>{' '}
      {entry.deleted === true ? t('message.quote_deleted') : <MessageLine entry={entry} />}
    </>
  );
}
