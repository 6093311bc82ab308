import type { EntryView } from '../../../../protocol/local-api.js';
import { deleteMessage } from '../../app/message-actions.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { MessageText } from '../../components/message-text.js';
import { MessageLine } from '../../components/message-line.js';

/** Asks before a message is taken back, and shows which. */
export function DeleteDialog({ entry, onClose }: { entry: EntryView; onClose: () => void }) {
  const app = useApp();
  const { t } = app;
  return (
    <Dialog title={t('message.delete_ask')} onClose={onClose}>
      <div class="message-preview">
        {entry.kind === 'file' ? (
          <MessageLine entry={entry} />
        ) : (
          <MessageText text={entry.message} fold={`delete ${entry.id}`} />
        )}
      </div>
      <p>{t('message.delete_explain')}</p>
      <p class="dialog-hint">{t('message.delete_away')}</p>
      <form method="dialog" class="dialog-actions">
        <button class="button">{t('message.delete_not')}</button>
        <button class="button button-danger" onClick={() => void deleteMessage(app, entry)}>
          {t('message.delete_do')}
        </button>
      </form>
    </Dialog>
  );
}
