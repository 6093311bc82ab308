import { useMemo } from 'preact/hooks';
import { actionOf } from '../../../../protocol/action.js';
import type { QuoteView } from '../../../../protocol/local-api.js';
import { discardMessage, retryMessage } from '../../app/messages.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { MessageLine } from '../../components/message-line.js';
import { ActionText, MessageText } from '../../components/message-text.js';
import { fileLook } from '../../state/files.js';
import { emptyTimeline } from '../../state/model.js';
import type { OutboxItem } from '../../state/model.js';
import { MessageFrame } from './message-frame.js';
import { ReplyQuote } from './reply-quote.js';

/** An own message that is not known to be durable yet. */
export function PendingRow({ item, first }: { item: OutboxItem; first: boolean }) {
  const app = useApp();
  const { t } = app;
  const self = useDaemon((daemon) => daemon.me.username);
  const name = usePersonName(self);
  const failed = item.phase === 'failed';
  const label = failed ? t('mark.failed') : item.phase === 'waiting' ? t('mark.waiting') : t('mark.sending');
  return (
    <MessageFrame
      id={item.client}
      from={self}
      name={name}
      time={new Date(item.createdAt).toISOString()}
      first={first}
      state={failed ? 'failed' : 'sending'}
      mark={
        <span class={failed ? 'mark mark-failed' : 'mark mark-sending'}>
          <span class="mark-text">{label}</span>
          <Icon name={failed ? 'alert' : 'clock'} small />
        </span>
      }
    >
      {item.replyTo !== undefined && <PendingQuote conversation={item.conversation} replyTo={item.replyTo} />}
      {item.file ? (
        <p class="message-text">
          <MessageLine
            entry={{ kind: 'file', message: item.message, data: { ...item.file, ...item.file.looks, size: 0 } }}
          />
        </p>
      ) : (
        <PendingText item={item} self={self} />
      )}
      {item.problem && (
        <div class="message-problem" role="status">
          <span>{item.problem}</span>
          {failed && (
            <>
              <button class="button button-small" onClick={() => retryMessage(app, item.client)}>
                {t('message.retry')}
              </button>
              <button class="button button-small" onClick={() => discardMessage(app, item.client)}>
                {t('message.discard')}
              </button>
            </>
          )}
        </div>
      )}
    </MessageFrame>
  );
}

function PendingText({ item, self }: { item: OutboxItem; self: string }) {
  const action = actionOf({ kind: 'text', message: item.message, data: { action: item.action } });
  if (action !== undefined) return <ActionText from={self} text={action} fold={item.client} />;
  return <MessageText text={item.message} fold={item.client} />;
}

/** As it will stand there once it is durable, so that nothing moves then. */
function PendingQuote({ conversation, replyTo }: { conversation: string; replyTo: string }) {
  const original = useSelector((state) =>
    (state.timelines[conversation] ?? emptyTimeline).entries.find(({ id }) => id === replyTo),
  );
  const reply = useMemo((): QuoteView => {
    if (!original) return { id: replyTo };
    const { from, kind, message, deleted } = original;
    const look = fileLook(original);
    const file = look && { name: look.name, mime: look.mime };
    return { id: replyTo, from, kind, message, ...(file && { file }), ...(deleted && { deleted }) };
  }, [original, replyTo]);
  return <ReplyQuote reply={reply} conversation={conversation} />;
}
