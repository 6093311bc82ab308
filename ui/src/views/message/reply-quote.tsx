import type { QuoteView } from '../../../../protocol/local-api.js';
import { jumpTo } from '../../app/jump.js';
import { usePersonName } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { Icon } from '../../components/icon.js';
import { LineIcon } from '../../components/message-line.js';
import { type Lined, messageLine, quoted } from '../../text/message-line.js';

interface ReplyQuoteProps {
  readonly reply: QuoteView;
  readonly conversation: string;
}

/** What a message answers, on one line above it; leads to the original where that is here. */
export function ReplyQuote({ reply, conversation }: ReplyQuoteProps) {
  const { t } = useApp();
  if (reply.deleted) return <Absent text={t('message.quote_deleted')} />;
  if (reply.blocked) return <Absent text={t('message.quote_blocked')} />;
  if (reply.from === undefined) return <Absent text={t('message.quote_missing')} />;
  return <Present id={reply.id} from={reply.from} line={quoted(reply)} conversation={conversation} />;
}

function Absent({ text }: { text: string }) {
  return (
    <p class="quote quote-absent">
      <Icon name="reply" small />
      {text}
    </p>
  );
}

interface PresentProps {
  readonly id: string;
  readonly from: string;
  readonly line: Lined;
  readonly conversation: string;
}

function Present({ id, from, line, conversation }: PresentProps) {
  const app = useApp();
  const { t } = app;
  const name = usePersonName(from);
  const text = messageLine(t, line) || t('message.quote_empty');
  return (
    <button
      type="button"
      class="quote"
      aria-label={t('message.quote_label', { name, text })}
      onClick={() => void jumpTo(app, conversation, id)}
    >
      <Icon name="reply" small />
      <Avatar username={from} small />
      <span class="quote-name" dir="auto">
        {name}
      </span>
      <LineIcon entry={line} />
      <span class="quote-text" dir="auto">
        {text}
      </span>
    </button>
  );
}
