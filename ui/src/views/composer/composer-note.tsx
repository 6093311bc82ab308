import { useMemo } from 'preact/hooks';
import type { Destination, Refusal } from '../../app/messages.js';
import type { Answer } from '../../app/slash-commands.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { MESSAGE_MAX } from '../../limits.js';
import { formatRoute } from '../../state/route.js';
import { charactersLeft, utf8Length } from '../../text/bytes.js';
import { isFull } from '../../text/snippet.js';
import { splitMessage } from '../../text/split-message.js';
import type { SentAlone } from './use-sending.js';

interface ComposerNoteProps {
  /** All that stands in the composer. */
  readonly text: string;
  readonly destination: Destination;
  readonly place: string;
  readonly conversation: string;
  readonly refusal: Refusal | undefined;
  /** To whom the last message from here went privately. */
  readonly sentTo: SentAlone | undefined;
  /** Sends it to all of this conversation as well. */
  onSendToAll(): void;
  readonly replying: boolean;
  /** What came of a command. */
  readonly answer: Answer | undefined;
  /** Absent where the text has to be one message. */
  onSplit?(): void;
}

/** From here on the room that is left is told. */
const TELL_LEFT = 2_048;
/** More than these at once would be a file. */
const PARTS_MAX = 40;

/** Above the composer: who will read this, and what stands against sending it. */
export function ComposerNote(props: ComposerNoteProps) {
  const { text, destination, place, conversation, refusal, sentTo, onSendToAll, replying, answer, onSplit } = props;
  const { t } = useApp();
  const left = MESSAGE_MAX - utf8Length(destination.text);
  const elsewhere = destination.kind === 'private' && destination.conversation !== conversation;
  return (
    <div id="composer-note" class="composer-note">
      <div role="status">
        {answer && <p class={answer.done ? undefined : 'note-error'}>{answer.text}</p>}
        {refusal === 'too_long' && <TooLong text={destination.text} over={-left} onSplit={onSplit} />}
        {isFull(text) && <p class="note-error">{t('composer.full')}</p>}
        {refusal === 'outbox_full' && <p class="note-error">{t('composer.outbox_full')}</p>}
        {destination.kind === 'private' && (
          <p class="note-private">
            <Icon name="lock" small /> {t('composer.private', { username: destination.username })}{' '}
            {elsewhere && replying && t('composer.reply_elsewhere')}
          </p>
        )}
        {destination.kind === 'here' && destination.stranger && (
          <p>{t('composer.stranger', { username: destination.stranger, place })}</p>
        )}
        {sentTo && !elsewhere && (
          <p class="note-private">
            <Icon name="lock" small /> {t('composer.sent_privately', { username: sentTo.username })}{' '}
            <a href={formatRoute({ view: 'person', username: sentTo.username })}>{t('composer.go_there')}</a>{' '}
            {sentTo.again !== undefined && (
              <button type="button" class="link-button" onClick={onSendToAll}>
                {t('composer.send_place_too', { place })}
              </button>
            )}
          </p>
        )}
      </div>
      {/* Not announced: it changes with every keystroke. */}
      {left >= 0 && left < TELL_LEFT && <p>{t('composer.left', { left: charactersLeft(destination.text, left) })}</p>}
    </div>
  );
}

interface TooLongProps {
  readonly text: string;
  readonly over: number;
  readonly onSplit: (() => void) | undefined;
}

function TooLong({ text, over, onSplit }: TooLongProps) {
  const { t } = useApp();
  const parts = useMemo(() => splitMessage(text, MESSAGE_MAX).length, [text]);
  return (
    <p class="note-error">
      {t('composer.too_long', { over, max: MESSAGE_MAX })}{' '}
      {onSplit && parts <= PARTS_MAX && (
        <button type="button" class="button button-small" onClick={onSplit}>
          {t('composer.split', { count: parts })}
        </button>
      )}
    </p>
  );
}
