/** Messages of before, as a batch where the client knows batches; and what came while it was away, for one that cannot ask for it. */
import type { ConversationId } from '../../../protocol/ids.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { isParleyError } from '../../../protocol/errors.js';
import type { Member } from './context.js';
import { older } from './history-pages.js';
import { topicLine } from './live-entries.js';
import { saidLines, saidOf } from './messages.js';
import type { Outgoing } from './wire.js';

/** Of one conversation, at sign-in. */
const UNREAD_MAX = 50;

export function isShown({ kind, deleted }: EntryView): boolean {
  return !deleted && (kind === 'text' || kind === 'file');
}

/** What one row of history is to this client. */
export function rowLines(me: Member, view: EntryView, batch?: string): Outgoing[] {
  if (view.kind === 'topic') {
    const line = topicLine(view);
    return [{ ...line, tags: { ...line.tags, batch } }];
  }
  const said = saidOf(me, view);
  return said ? saidLines(me, said, batch) : [];
}

/** A page of history as one batch of the type `chathistory`. */
export function historyBatch(me: Member, target: string, views: readonly EntryView[]): Outgoing[] {
  const { session } = me;
  if (!session.caps.has('batch')) return views.flatMap((view) => rowLines(me, view));
  const ref = session.batchRef();
  const source = session.serverName;
  return [
    { source, command: 'BATCH', params: [`+${ref}`, 'chathistory', target] },
    ...views.flatMap((view) => rowLines(me, view, ref)),
    { source, command: 'BATCH', params: [`-${ref}`] },
  ];
}

/** The unread messages of all conversations that are open, where the client does not ask for history by itself. */
export async function playUnread(me: Member): Promise<void> {
  if (me.session.caps.has('draft/chathistory')) return;
  for (const { id, unread } of me.services.conversations.list()) {
    const conversation = id as ConversationId;
    if (unread === 0 || (conversation.startsWith('#') && !me.channels.has(conversation))) continue;
    try {
      const reader = { me, conversation, wanted: isShown };
      const views = await older(reader, { end: 'newest' }, Math.min(unread, UNREAD_MAX));
      if (me.session.over) return;
      if (views.length > 0) me.deliver(...historyBatch(me, me.targetOf(conversation), views));
    } catch (error) {
      // It was left meanwhile, or cannot be read just now: it can be asked for again.
      if (!isParleyError(error)) throw error;
    }
  }
}
