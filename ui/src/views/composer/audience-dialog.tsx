import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { Icon } from '../../components/icon.js';

interface AudienceDialogProps {
  /** Whom the message names at its beginning. */
  readonly username: string;
  /** Where it was written: `#general`, or a person's name. */
  readonly place: string;
  onAnswer(toAll: boolean): void;
  onClose(): void;
}

/** Before the first message that would go to one person alone: who is to see it. Closing it sends nothing. */
export function AudienceDialog({ username, place, onAnswer, onClose }: AudienceDialogProps) {
  const { t } = useApp();
  return (
    <Dialog title={t('composer.audience_title')} onClose={onClose}>
      <p>{t('composer.audience_text', { username, place })}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
        <button type="button" class="button" onClick={() => onAnswer(true)}>
          {t('composer.send_place', { place })}
        </button>
        <button type="button" class="button button-private" onClick={() => onAnswer(false)} autofocus>
          <Icon name="lock" small /> {t('composer.send_alone', { username })}
        </button>
      </div>
    </Dialog>
  );
}
