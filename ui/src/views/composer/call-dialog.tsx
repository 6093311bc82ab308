import type { Call } from '../../app/messages.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { Icon } from '../../components/icon.js';

interface CallDialogProps {
  readonly call: Call;
  readonly place: string;
  onAnswer(call: boolean): void;
  onClose(): void;
}

/** Before a message calls more than a few. Closing it sends nothing. */
export function CallDialog({ call: { called, members }, place, onAnswer, onClose }: CallDialogProps) {
  const { t } = useApp();
  return (
    <Dialog title={t('composer.call_title', { count: members })} onClose={onClose}>
      <p>{t(`composer.call_text_${called}`, { place })}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
        <button type="button" class="button" onClick={() => onAnswer(false)} autofocus>
          {t('composer.call_not')}
        </button>
        <button type="button" class="button button-primary" onClick={() => onAnswer(true)}>
          <Icon name="bell" small /> {t('composer.call_do')}
        </button>
      </div>
    </Dialog>
  );
}
