import { actionOf } from '../../../../protocol/action.js';
import type { EntryView } from '../../../../protocol/local-api.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { ActionText, MessageText } from '../../components/message-text.js';
import { sameName } from '../../state/entries.js';
import { reactionsWith, underWay } from '../../state/relations.js';
import type { AskedChange } from '../../state/relations.js';
import { FileContent } from '../files/file-content.js';
import { ReactionsBar } from './reactions-bar.js';
import { ReplyQuote } from './reply-quote.js';

interface MessageContentProps {
  readonly entry: EntryView;
  /** Changes that the daemon has not answered yet. */
  readonly asked: readonly AskedChange[];
}

/** What was written, what it answers, and what was done with it since. */
export function MessageContent({ entry, asked }: MessageContentProps) {
  const { t, formats } = useApp();
  const self = useDaemon(({ me }) => me.username);
  const change = underWay(asked);
  const text = change?.kind === 'edit' ? change.message : entry.message;
  const action = actionOf({ ...entry, message: text });
  const reactions = reactionsWith(entry.reactions ?? [], asked, self);
  return (
    <>
      {entry.pinned && <PinnedBy by={entry.pinned.by} time={entry.pinned.time} />}
      {entry.reply && <ReplyQuote reply={entry.reply} conversation={entry.conversation} />}
      <div class={change ? 'message-content message-changing' : 'message-content'}>
        {entry.kind === 'file' && <FileContent entry={entry} />}
        {action !== undefined && <ActionText from={entry.from} text={action} fold={entry.id} />}
        {action === undefined && (entry.kind !== 'file' || text !== '') && <MessageText text={text} fold={entry.id} />}
        {entry.edited && !change && (
          <span class="message-edited" title={t('message.edited_at', { time: formats.full(entry.edited) })}>
            {t('message.edited')}
          </span>
        )}
        {change && (
          <span class="message-edited" role="status">
            <Icon name="clock" small /> {t(change.kind === 'edit' ? 'message.saving' : 'message.deleting')}
          </span>
        )}
      </div>
      {reactions.length > 0 && <ReactionsBar entry={entry} reactions={reactions} />}
    </>
  );
}

function PinnedBy({ by, time }: { by: string; time: string }) {
  const { t, formats } = useApp();
  const name = usePersonName(by);
  const own = useDaemon(({ me }) => sameName(me.username, by));
  return (
    <p class="message-pinned" title={t('message.pinned_title', { time: formats.full(time) })}>
      <Icon name="pin" small />
      {own ? t('message.pinned_by_you') : t('message.pinned_by', { name })}
    </p>
  );
}
