import type { Destination, Refusal } from '../../app/messages.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { MESSAGE_MAX } from '../../limits.js';
import { formatRoute } from '../../state/route.js';
import { utf8Length } from '../../text/bytes.js';

interface ComposerNoteProps {
  readonly destination: Destination;
  readonly place: string;
  readonly conversation: string;
  readonly refusal: Refusal | undefined;
  /** To whom the last message from here went privately. */
  readonly sentTo: string | undefined;
}

/** From here on the room that is left is told. */
const TELL_LEFT = 2_048;

/** Above the composer: who will read this, and what stands against sending it. */
export function ComposerNote({ destination, place, conversation, refusal, sentTo }: ComposerNoteProps) {
  const { t } = useApp();
  const left = MESSAGE_MAX - utf8Length(destination.text);
  const elsewhere = destination.kind === 'private' && destination.conversation !== conversation;
  return (
    <div id="composer-note" class="composer-note" role="status">
      {refusal === 'too_long' && <p class="note-error">{t('composer.too_long', { over: -left, max: MESSAGE_MAX })}</p>}
      {refusal === 'outbox_full' && <p class="note-error">{t('composer.outbox_full')}</p>}
      {left >= 0 && left < TELL_LEFT && <p>{t('composer.left', { left })}</p>}
      {destination.kind === 'private' && (
        <p class="note-private">
          <Icon name="lock" small /> {t('composer.private', { username: destination.username })}
        </p>
      )}
      {destination.kind === 'here' && destination.stranger && (
        <p>{t('composer.stranger', { username: destination.stranger, place })}</p>
      )}
      {sentTo && !elsewhere && (
        <p class="note-private">
          <Icon name="lock" small /> {t('composer.sent_privately', { username: sentTo })}{' '}
          <a href={formatRoute({ view: 'person', username: sentTo })}>{t('composer.go_there')}</a>
        </p>
      )}
    </div>
  );
}
