import { useMemo } from 'preact/hooks';
import type { PersonView } from '../../../../protocol/local-api.js';
import { daemonText, reasonText } from '../../app/daemon-texts.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { unreached } from '../../state/delivery.js';
import { emptyTimeline } from '../../state/model.js';
import { directName } from '../../state/route.js';
import { personOf } from '../../state/sidebar.js';
import type { Translate } from '../../text/translate.js';

export interface Pending {
  /** The id of the own message that has reached nobody. */
  readonly id: string;
  /** Why, and what has to happen: a sentence. */
  readonly text: string;
}

/** The newest own message, while it has reached nobody and there is something to tell of it. */
export function usePending(conversation: string): Pending | undefined {
  const { t } = useApp();
  const daemon = useDaemon((known) => known);
  const { entries } = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const { me } = daemon;
  const view = daemon.conversations[conversation];
  const receipts = view?.receipts;
  const reads = view?.reads;
  const id = useMemo(() => unreached(entries, { receipts, reads }, me)?.id, [entries, receipts, reads, me]);
  const direct = conversation.startsWith('@') ? personOf(daemon, directName(conversation, me.username)) : undefined;
  // Of a direct conversation there is more to tell than the one sentence that stands for the daemon's.
  const told =
    view?.pending !== undefined && (!direct || t.language === 'en') && daemonText(t, view.pending, 'daemon.pending');
  const text = told || (direct && reasonOf(t, direct));
  return useMemo(() => (id === undefined || text === undefined ? undefined : { id, text }), [id, text]);
}

/** What can be told where the daemon says nothing. On a link it arrives in a moment: not worth a word. */
function reasonOf(t: Translate, person: PersonView): string | undefined {
  const { username, link, presence, reason, disabled } = person;
  if (disabled === true) return reasonText(t, person);
  if (link === 'self' || link === 'linked') return undefined;
  return daemonText(t, reason, presence === 'offline' ? 'pending.offline' : 'pending.connecting', { username });
}
